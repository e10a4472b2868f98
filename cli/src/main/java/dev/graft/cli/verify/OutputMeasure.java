package dev.graft.cli.verify;

import dev.graft.cli.verify.NumberCheck.SampleRun;
import dev.graft.cli.verify.Verification.Histogram;
import dev.graft.cli.verify.Verification.OutputErrors;
import dev.graft.runtime.compare.DistributionComparison;
import dev.graft.runtime.compare.ErrorHistogram;
import dev.graft.runtime.compare.OutputComparison;
import dev.graft.runtime.compare.OutputKind;
import dev.graft.runtime.session.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Sums up how far one output of one model is from the reference over all samples. */
final class OutputMeasure {
    private OutputMeasure() {}

    static OutputErrors of(
            String model,
            String output,
            List<SampleRun> runs,
            Function<SampleRun, Map<String, HostTensor>> values,
            double allowed) {
        List<OutputComparison> comparisons = runs.stream()
                .map(run -> OutputComparison.of(
                        output,
                        OutputKind.ofName(output),
                        SampleRuns.output(run.exact(), output),
                        SampleRuns.output(values.apply(run), output)))
                .toList();
        return new OutputErrors(
                model,
                output,
                comparisons.stream()
                        .mapToDouble(OutputComparison::maxError)
                        .max()
                        .orElse(0),
                comparisons.stream()
                        .mapToDouble(OutputComparison::meanError)
                        .average()
                        .orElse(0),
                comparisons.stream().mapToDouble(OutputComparison::cosine).min().orElse(1),
                distribution(comparisons, DistributionComparison::topOneAgreement),
                distribution(comparisons, DistributionComparison::meanDivergence),
                allowed,
                histogram(comparisons));
    }

    private static double distribution(
            List<OutputComparison> comparisons, Function<DistributionComparison, Double> measure) {
        return comparisons.stream()
                .map(OutputComparison::distribution)
                .flatMap(Optional::stream)
                .mapToDouble(measure::apply)
                .average()
                .orElse(Double.NaN);
    }

    private static Histogram histogram(List<OutputComparison> comparisons) {
        ErrorHistogram sum = comparisons.stream()
                .map(OutputComparison::histogram)
                .reduce(ErrorHistogram::plus)
                .orElseThrow();
        int firstExponent = (int) Math.round(Math.log10(ErrorHistogram.lowerEnd(2)) - 0.5);
        return new Histogram(sum.counts().get(0), firstExponent, 2, sum.counts().subList(1, ErrorHistogram.BINS));
    }
}
