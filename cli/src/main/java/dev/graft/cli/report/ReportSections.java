package dev.graft.cli.report;

import static dev.graft.cli.report.Html.code;
import static dev.graft.cli.report.Html.escape;

import dev.graft.cli.text.Numbers;
import dev.graft.cli.verify.Verification;
import dev.graft.cli.verify.Verification.LatencyLine;
import dev.graft.cli.verify.Verification.Outcome;
import dev.graft.cli.verify.Verification.OutputErrors;
import dev.graft.cli.verify.Verification.Region;
import dev.graft.cli.verify.Verification.Structure;
import dev.graft.cli.verify.Verification.Target;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The sections of the page as HTML. */
final class ReportSections {
    private final Verification found;

    ReportSections(Verification found) {
        this.found = found;
    }

    String title() {
        return found.passed() ? "Verified" : "Verification failed";
    }

    String verdict() {
        StringBuilder html = new StringBuilder("<div class=\"verdict ")
                .append(found.passed() ? "passed" : "failed")
                .append("\"><h1>")
                .append(found.passed() ? "Verified" : "Not verified")
                .append("</h1><p>");
        html.append(
                found.passed()
                        ? "The artifact does what base and adapter say: every check passed."
                        : "The artifact does not do what base and adapter say.");
        html.append("</p>");
        if (!found.causes().isEmpty()) {
            html.append("<ul>");
            found.causes()
                    .forEach(cause -> html.append("<li>").append(escape(cause)).append("</li>"));
            html.append("</ul>");
        }
        return html.append("</div>").toString();
    }

    String checks() {
        return Html.table(
                List.of("check", "result", "finding"),
                found.checks().stream()
                        .map(check -> List.of(escape(check.name()), badge(check.outcome()), escape(check.finding())))
                        .toList());
    }

    String compared() {
        String adapters = Html.table(
                List.of("adapter", "method", "#weight", "#modules"),
                found.adapters().stream()
                        .map(adapter -> List.of(
                                code(adapter.path().toString()),
                                escape(adapter.method()),
                                Numbers.significant(adapter.weight()),
                                Integer.toString(adapter.modules())))
                        .toList());
        String files = Html.table(
                List.of("role", "file", "#size", "SHA-256"),
                found.files().stream()
                        .map(file -> List.of(
                                escape(file.role()),
                                code(file.path().toString()),
                                Numbers.bytes(file.bytes()),
                                hash(file.sha256())))
                        .toList());
        return adapters + files + notes();
    }

    private String notes() {
        StringBuilder html = new StringBuilder();
        found.notes()
                .forEach(note ->
                        html.append("<p class=\"note\">").append(escape(note)).append("</p>"));
        return html.toString();
    }

    String structure() {
        if (found.structure().isEmpty()) {
            return "<p class=\"note\">No merged model was checked, so there are no bytes to compare.</p>";
        }
        StringBuilder html = new StringBuilder();
        found.structure().forEach(structure -> html.append(structure(structure)));
        return html.toString();
    }

    private static String structure(Structure structure) {
        StringBuilder html = new StringBuilder("<p>")
                .append(Numbers.bytes(structure.bytesCompared()))
                .append(" compared, ")
                .append(Numbers.bytes(structure.bytesChanged()))
                .append(" differ, ")
                .append(structure.unexpected().isEmpty() ? "all of them inside the targets' weights." : "and:")
                .append("</p>");
        if (!structure.unexpected().isEmpty()) {
            html.append("<ul class=\"bad\">");
            structure
                    .unexpected()
                    .forEach(line -> html.append("<li>").append(escape(line)).append("</li>"));
            html.append("</ul>");
        }
        html.append(Html.table(
                List.of("graph (model file without weights)", "SHA-256"),
                List.of(
                        List.of("base", hash(structure.baseGraphSha256())),
                        List.of("merged", hash(structure.artifactGraphSha256())))));
        List<List<String>> rows =
                structure.regions().stream().map(ReportSections::region).toList();
        String table = Html.table(List.of("tensor that differs", "file", "#first byte", "#bytes changed"), rows);
        return html.append(Html.folded(Numbers.plural(rows.size(), "tensor"), rows.size(), table))
                .toString();
    }

    private static List<String> region(Region region) {
        return List.of(
                code(region.tensor()),
                code(region.file()),
                Long.toString(region.offset()),
                Long.toString(region.changed()));
    }

    String targets() {
        if (found.targets().isEmpty()) {
            return "<p class=\"note\">No merged model was checked, so no weights were compared.</p>";
        }
        List<List<String>> rows =
                found.targets().stream().map(ReportSections::target).toList();
        List<String> header = List.of(
                "result",
                "module",
                "weight",
                "type",
                "shape",
                "#rank",
                "#scaling",
                "#norm of W",
                "#norm of delta",
                "#changed",
                "#lost to rounding",
                "#bit for bit",
                "#off by");
        return Html.folded(Numbers.plural(rows.size(), "target"), rows.size(), Html.table(header, rows));
    }

    private static List<String> target(Target target) {
        boolean right = target.finding().isEmpty();
        return List.of(
                badge(right ? Outcome.PASSED : Outcome.FAILED),
                code(target.module()) + (right ? "" : "<div class=\"bad\">" + escape(target.finding()) + "</div>"),
                code(target.tensor()),
                escape(target.dtype()),
                escape(target.shape()),
                target.rank() == 0 ? "-" : Long.toString(target.rank()),
                Numbers.significant(target.scaling()),
                Numbers.significant(target.normOfWeight()),
                Numbers.significant(target.normOfDelta()),
                fraction(target.changed(), target.elements()),
                fraction(target.lost(), target.elements()),
                fraction(target.exact(), target.elements()),
                Numbers.significant(target.worstError()));
    }

    String outputs() {
        if (found.outputs().isEmpty()) {
            return "<p class=\"note\">Outputs were not compared.</p>";
        }
        List<List<String>> rows =
                found.outputs().stream().map(ReportSections::output).toList();
        return Html.table(
                List.of(
                        "output",
                        "model",
                        "#max error",
                        "#allowed",
                        "#mean error",
                        "#1 - cosine",
                        "#top-1 agreement",
                        "#KL, nats"),
                rows);
    }

    private static List<String> output(OutputErrors errors) {
        return List.of(
                code(errors.output()),
                escape(errors.model()),
                Numbers.significant(errors.maxError()),
                Numbers.significant(errors.allowed()),
                Numbers.significant(errors.meanError()),
                Numbers.significant(1 - errors.cosine()),
                Numbers.percent(errors.top1()),
                Numbers.significant(errors.klDivergence()));
    }

    String latency() {
        if (found.latencies().isEmpty()) {
            return "<p class=\"note\">Latency was not measured.</p>";
        }
        Map<Integer, Double> slowest = found.latencies().stream()
                .collect(Collectors.toMap(LatencyLine::tokens, LatencyLine::medianSeconds, Math::max));
        return Html.table(
                List.of("model", "#tokens", "#minimum", "#median", "#ratio to base", ""),
                found.latencies().stream()
                        .map(line -> latency(line, slowest.getOrDefault(line.tokens(), line.medianSeconds())))
                        .toList());
    }

    /** @param slowest of the models at as many tokens: bars compare models, not lengths */
    private static List<String> latency(LatencyLine line, double slowest) {
        String width = Numbers.significant(100 * line.medianSeconds() / slowest);
        return List.of(
                escape(line.model()),
                Integer.toString(line.tokens()),
                Numbers.seconds(line.minimumSeconds()),
                Numbers.seconds(line.medianSeconds()),
                Numbers.ratio(line.ratio()),
                "<div class=\"bar\" style=\"width:" + width + "%\"></div>");
    }

    String environment() {
        return Html.table(
                List.of("", ""),
                found.environment().entrySet().stream()
                        .map(entry -> List.of(escape(entry.getKey()), code(entry.getValue())))
                        .toList());
    }

    private static String fraction(long part, long all) {
        return all == 0 || part < 0 ? "-" : Numbers.percent((double) part / all);
    }

    private static String badge(Outcome outcome) {
        String word = outcome.name().toLowerCase(java.util.Locale.ROOT);
        return "<span class=\"badge " + word + "\">" + word + "</span>";
    }

    private static String hash(String sha256) {
        return "<code class=\"hash\">" + escape(sha256) + "</code>";
    }
}
