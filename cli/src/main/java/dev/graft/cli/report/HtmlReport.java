package dev.graft.cli.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.graft.cli.verify.Verification;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills the report's template. */
public final class HtmlReport {
    private static final String PLOTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/uPlot";
    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z_]+)}}");

    private HtmlReport() {}

    /** The page. */
    public static String of(Verification verification) {
        ReportSections sections = new ReportSections(verification);
        Map<String, String> parts = Map.ofEntries(
                Map.entry("style", resource("report.css")),
                Map.entry("plot_style", resource(PLOTS + ".min.css")),
                Map.entry("plot_script", resource(PLOTS + ".iife.min.js")),
                Map.entry("script", resource("report.js")),
                Map.entry("data", Html.escapeJson(ReportCharts.of(verification))),
                Map.entry("title", sections.title()),
                Map.entry("verdict", sections.verdict()),
                Map.entry("checks", sections.checks()),
                Map.entry("compared", sections.compared()),
                Map.entry("structure", sections.structure()),
                Map.entry("targets", sections.targets()),
                Map.entry("outputs", sections.outputs()),
                Map.entry("latency", sections.latency()),
                Map.entry("environment", sections.environment()));
        return fill(resource("report.html"), parts);
    }

    /** Fills each place once: what is put in is never looked at again, so a file's name cannot be a place. */
    private static String fill(String template, Map<String, String> parts) {
        Matcher place = PLACE.matcher(template);
        return place.replaceAll(found -> {
            String part = parts.get(found.group(1));
            if (part == null) {
                throw new IllegalArgumentException("report.html has an unknown place " + found.group());
            }
            return Matcher.quoteReplacement(part);
        });
    }

    private static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
