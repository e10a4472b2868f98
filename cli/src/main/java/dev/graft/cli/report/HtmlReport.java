package dev.graft.cli.report;

import dev.graft.cli.verify.Verification;
import java.util.Map;

/** The page that shows a verification. */
public final class HtmlReport {
    private HtmlReport() {}

    /** The page. */
    public static String of(Verification verification) {
        ReportSections sections = new ReportSections(verification);
        Map<String, String> parts = Map.of(
                "verdict", sections.verdict(),
                "checks", sections.checks(),
                "compared", sections.compared(),
                "structure", sections.structure(),
                "targets", sections.targets(),
                "outputs", sections.outputs(),
                "latency", sections.latency(),
                "environment", sections.environment());
        return PageTemplate.page("verification", sections.title(), parts, ReportCharts.of(verification));
    }
}
