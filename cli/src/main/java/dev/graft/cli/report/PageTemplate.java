package dev.graft.cli.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page with places, among Graft's own resources; every page has the same style and can draw plots. */
public final class PageTemplate {
    private static final String PLOTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/uPlot";
    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z_]+)}}");

    private PageTemplate() {}

    /** Fills each place once: what is put in is never looked at again, so a file's name cannot be a place. */
    public static String fill(String template, Map<String, String> parts) {
        Map<String, String> all = new HashMap<>(parts);
        all.put("style", resource("report.css"));
        all.put("plot_style", resource(PLOTS + ".min.css"));
        all.put("plot_script", resource(PLOTS + ".iife.min.js"));
        Matcher place = PLACE.matcher(resource(template));
        return place.replaceAll(found -> {
            String part = all.get(found.group(1));
            if (part == null) {
                throw new IllegalArgumentException(template + " has an unknown place " + found.group());
            }
            return Matcher.quoteReplacement(part);
        });
    }

    /** A text resource beside this class, or at an absolute place. */
    public static String resource(String name) {
        try (InputStream in = PageTemplate.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
