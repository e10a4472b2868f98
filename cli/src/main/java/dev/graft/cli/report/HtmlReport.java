package dev.graft.cli.report;

import dev.graft.cli.verify.Verification;
import java.util.Map;

/** Fills the report's template. */
public final class HtmlReport {
    private HtmlReport() {}

    /** The page. */
    public static String of(Verification verification) {
        ReportSections sections = new ReportSections(verification);
        Map<String, String> parts = Map.ofEntries(
                Map.entry("script", PageTemplate.resource("report.js")),
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
        return PageTemplate.fill("report.html", parts);
    }
}
