package dev.graft.cli.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes a page of Graft's own resources: what is the page's own, in the shell that every page has. */
public final class PageTemplate {
    private static final String PLOTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/uPlot";
    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z_]+)}}");

    private PageTemplate() {}

    /**
     * The page whose content is {@code NAME.html} and whose script, behind the one that all pages share, is {@code NAME.js}.
     *
     * @param title of the window, as HTML
     * @param parts what goes into the content's places, as HTML
     * @param data what the script draws, as JSON
     */
    public static String page(String name, String title, Map<String, String> parts, String data) {
        Map<String, String> shell = Map.of(
                "title", title,
                "name", name,
                "plot_style", resource(PLOTS + ".min.css"),
                "style", resource("page.css"),
                "content", fill(name + ".html", parts),
                "data", Html.escapeJson(data),
                "plot_script", resource(PLOTS + ".iife.min.js"),
                "script", resource("plots.js") + resource(name + ".js"));
        return fill("shell.html", shell);
    }

    /** Fills each place once: what is put in is never looked at again, so a file's name cannot be a place. */
    private static String fill(String template, Map<String, String> parts) {
        Matcher place = PLACE.matcher(resource(template));
        return place.replaceAll(found -> {
            String part = parts.get(found.group(1));
            if (part == null) {
                throw new IllegalArgumentException(template + " has an unknown place " + found.group());
            }
            return Matcher.quoteReplacement(part);
        });
    }

    /** A text resource beside this class, or at an absolute place. */
    private static String resource(String name) {
        try (InputStream in = PageTemplate.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
