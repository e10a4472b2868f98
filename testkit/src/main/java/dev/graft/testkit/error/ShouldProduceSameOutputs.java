package dev.graft.testkit.error;

import dev.graft.runtime.compare.DistributionComparison;
import dev.graft.runtime.compare.OutputComparison;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.assertj.core.error.BasicErrorMessageFactory;

/** Outputs are further apart than they may be. */
public final class ShouldProduceSameOutputs extends BasicErrorMessageFactory {
    /**
     * @param sample the number of the sample, from 0
     * @param comparison how far the output is off
     * @param tolerance how far it may be
     * @param given whether the test gave the tolerance; it was measured otherwise
     */
    public ShouldProduceSameOutputs(
            Path model, Path other, int sample, OutputComparison comparison, double tolerance, boolean given) {
        super(
                "%nExpecting model%n  %s%nto produce the same outputs as%n  %s%nbut on sample %s the output '%s' %s is off:%n%s%n%s",
                unquotedString(model.toString()),
                unquotedString(other.toString()),
                sample,
                unquotedString(comparison.output()),
                unquotedString(comparison.shape().toString()),
                unquotedString(Lines.of(findings(comparison, tolerance, given))),
                unquotedString(cause(comparison, tolerance)));
    }

    private static List<String> findings(OutputComparison comparison, double tolerance, boolean given) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "largest error %.3g, tolerance %.3g (%s)",
                comparison.maxError(),
                tolerance,
                given ? "given" : "measured: the other model with its weights rounded once more"));
        lines.add(String.format(
                Locale.ROOT,
                "mean error %.3g, largest expected value %.3g, cosine %.9f",
                comparison.meanError(),
                comparison.scale(),
                comparison.cosine()));
        comparison
                .worst()
                .ifPresent(worst -> lines.add(String.format(
                        Locale.ROOT,
                        "worst at %s: expected %.9g, got %.9g",
                        worst.index(),
                        worst.expected(),
                        worst.actual())));
        comparison.distribution().ifPresent(distribution -> lines.add(describe(distribution)));
        if (comparison.mismatches() > 0) {
            lines.add(comparison.mismatches() + " values are finite in one model only, or NaN");
        }
        return lines;
    }

    private static String describe(DistributionComparison distribution) {
        return String.format(
                Locale.ROOT,
                "first choice agrees in %.2f %% of %d rows, divergence at most %.3g nats",
                100 * distribution.topOneAgreement(),
                distribution.rows(),
                distribution.maxDivergence());
    }

    private static String cause(OutputComparison comparison, double tolerance) {
        if (comparison.mismatches() > 0) {
            return "Likely cause: a weight that is not finite, or an overflow in half precision.";
        }
        return comparison.maxError() > 100 * tolerance
                ? "Likely cause: other weights: another adapter, another scaling, or a target left out; isMergeOf names it."
                : "Likely cause: other arithmetic: another number format, optimiser or device; give a tolerance with within(...).";
    }
}
