package dev.graft.cli.report;

import dev.graft.cli.command.Json;
import dev.graft.cli.verify.Verification;
import dev.graft.cli.verify.Verification.Histogram;
import dev.graft.cli.verify.Verification.OutputErrors;
import dev.graft.cli.verify.Verification.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The numbers behind the page's plots, as the JSON that {@code verification.js} draws. */
final class ReportCharts {
    private ReportCharts() {}

    static String of(Verification verification) {
        Map<String, List<OutputErrors>> byOutput = verification.outputs().stream()
                .collect(Collectors.groupingBy(OutputErrors::output, LinkedHashMap::new, Collectors.toList()));
        List<Errors> errors = new ArrayList<>();
        byOutput.forEach((output, models) -> errors.add(Errors.of(output, models)));
        return Json.write(new Data(errors, Change.of(verification.targets())));
    }

    /** All plots. */
    record Data(List<Errors> errors, List<Change> changes) {}

    /**
     * Histograms of one output's errors, one line a model.
     *
     * @param exponents decimal exponents at which the bins begin
     */
    record Errors(String output, List<Double> exponents, List<Line> lines) {
        static Errors of(String output, List<OutputErrors> models) {
            Histogram first = models.get(0).histogram();
            List<Double> exponents = new ArrayList<>();
            for (int bin = 0; bin < first.counts().size(); bin++) {
                exponents.add(first.firstExponent() + (double) bin / first.binsPerDecade());
            }
            List<Line> lines = models.stream()
                    .map(model -> new Line(model.model(), fractions(model.histogram())))
                    .toList();
            return new Errors(output, exponents, lines);
        }

        private static List<Double> fractions(Histogram histogram) {
            long all = histogram.exact()
                    + histogram.counts().stream().mapToLong(Long::longValue).sum();
            return histogram.counts().stream()
                    .map(count -> all == 0 ? 0 : (double) count / all)
                    .toList();
        }
    }

    /** One model's part of a histogram: the fraction of elements in each bin. */
    record Line(String model, List<Double> fractions) {}

    /** How much a target changed: the norm of the change over the norm of the weight. */
    record Change(String module, double ratio) {
        static List<Change> of(List<Target> targets) {
            return targets.stream()
                    .filter(target -> target.normOfWeight() > 0 && Double.isFinite(target.normOfDelta()))
                    .map(target -> new Change(target.module(), target.normOfDelta() / target.normOfWeight()))
                    .toList();
        }
    }
}
