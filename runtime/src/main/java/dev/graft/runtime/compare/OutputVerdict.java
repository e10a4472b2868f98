package dev.graft.runtime.compare;

import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The verdict on one output; the rule is {@link NumericVerdict}'s.
 *
 * @param output its name
 * @param outcome what the rule says
 * @param merged the merged model's errors against the exact answer
 * @param unmerged those of base and adapter side by side
 * @param rounding what rounding the weights once costs, where it was measured
 * @param effect how far the adapter moves the output, where the base was given
 * @param strength how much of the adapter's effect the merged model shows, where the base was given: 1 is right, 0 is the base, 2 an
 *     adapter applied twice as strongly; the least-squares factor of (merged - base) on (exact - base)
 * @param maxTolerance what the merged model's largest error may be
 * @param rootMeanSquareTolerance what the root of its mean squared error may be
 */
public record OutputVerdict(
        String output,
        Outcome outcome,
        ErrorSummary merged,
        ErrorSummary unmerged,
        Optional<ErrorSummary> rounding,
        Optional<ErrorSummary> effect,
        OptionalDouble strength,
        double maxTolerance,
        double rootMeanSquareTolerance) {
    /** What the rule says. */
    public enum Outcome {
        /** Merged is about as close to the exact answer as unmerged is. */
        PASSED,
        /** It is not, or what it computes are no numbers. */
        FAILED,
        /** It is, but so would be a model without the adapter. */
        INCONCLUSIVE
    }

    static OutputVerdict of(String output, List<Observation> observations) {
        ElementErrors merged = errors(observations, Observation::merged);
        ElementErrors unmerged = errors(observations, Observation::unmerged);
        Optional<ElementErrors> rounding = optionalErrors(observations, Observation::exactMerged);
        Optional<ElementErrors> effect = optionalErrors(observations, Observation::base);
        DType dtype = observations.get(0).merged().dtype();
        double max = OutputTolerance.of(
                unmerged.max() + rounding.map(ElementErrors::max).orElse(0.0), dtype, merged.scale());
        double rootMeanSquare = OutputTolerance.of(
                unmerged.rootMeanSquare()
                        + rounding.map(ElementErrors::rootMeanSquare).orElse(0.0),
                dtype,
                merged.scale());
        boolean close = ErrorSummary.of(merged).areNumbers()
                && merged.max() <= max
                && merged.rootMeanSquare() <= rootMeanSquare
                && merged.mismatches() <= unmerged.mismatches();
        boolean telling =
                effect.isEmpty() || effect.get().max() > max || effect.get().rootMeanSquare() > rootMeanSquare;
        return new OutputVerdict(
                output,
                !close ? Outcome.FAILED : telling ? Outcome.PASSED : Outcome.INCONCLUSIVE,
                ErrorSummary.of(merged),
                ErrorSummary.of(unmerged),
                rounding.map(ErrorSummary::of),
                effect.map(ErrorSummary::of),
                effect.isEmpty() ? OptionalDouble.empty() : strength(observations),
                max,
                rootMeanSquare);
    }

    /** The verdict in a sentence about the merged model. */
    public String reason() {
        return reason("merged");
    }

    /**
     * The verdict in a sentence.
     *
     * @param model what the model is called that was judged, such as {@code attached}
     */
    public String reason(String model) {
        String measured = String.format(
                Locale.ROOT,
                "'%s': %s is off by at most %.2e (rms %.2e) where base and adapter side by side are off by %.2e (rms %.2e); tolerance %.2e (rms %.2e)",
                output,
                model,
                merged.max(),
                merged.rootMeanSquare(),
                unmerged.max(),
                unmerged.rootMeanSquare(),
                maxTolerance,
                rootMeanSquareTolerance);
        return switch (outcome) {
            case PASSED -> measured;
            case INCONCLUSIVE -> measured + "; the adapter's whole effect is within the tolerance";
            case FAILED -> measured + mismatchReason() + strengthReason();
        };
    }

    private String mismatchReason() {
        if (!merged.areNumbers() && !unmerged.areNumbers()) {
            String what =
                    merged.elements() == 0 ? "no value is a finite number" : merged.notANumber() + " values are NaN";
            return "; " + what + ", and so it is with base and adapter side by side";
        }
        return merged.mismatches() <= unmerged.mismatches()
                ? ""
                : "; " + merged.mismatches()
                        + " values are not finite where the exact ones are, or the other way round";
    }

    private String strengthReason() {
        return strength.isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT, "; it shows %.3f of the adapter's effect instead of 1", strength.getAsDouble());
    }

    private interface Part {
        HostTensor of(Observation observation);
    }

    private interface OptionalPart {
        Optional<HostTensor> of(Observation observation);
    }

    private static Optional<ElementErrors> optionalErrors(List<Observation> observations, OptionalPart part) {
        return observations.stream()
                        .allMatch(observation -> part.of(observation).isPresent())
                ? Optional.of(
                        errors(observations, observation -> part.of(observation).orElseThrow()))
                : Optional.empty();
    }

    private static ElementErrors errors(List<Observation> observations, Part part) {
        ElementErrors.Sum sum = new ElementErrors.Sum();
        for (Observation observation : observations) {
            HostTensor values = part.of(observation);
            if (!values.shape().equals(observation.exact().shape())) {
                throw new IllegalArgumentException("'" + observation.output() + "' is " + values.shape() + " and "
                        + observation.exact().shape());
            }
            sum.addAll(observation.exact().toDoubles(), values.toDoubles());
        }
        return sum.errors();
    }

    private static OptionalDouble strength(List<Observation> observations) {
        double product = 0;
        double square = 0;
        for (Observation observation : observations) {
            double[] base = observation.base().orElseThrow().toDoubles();
            double[] exact = observation.exact().toDoubles();
            double[] merged = observation.merged().toDoubles();
            for (int i = 0; i < base.length; i++) {
                double wanted = exact[i] - base[i];
                double got = merged[i] - base[i];
                if (Double.isFinite(wanted) && Double.isFinite(got)) {
                    product += wanted * got;
                    square += wanted * wanted;
                }
            }
        }
        return square == 0 ? OptionalDouble.empty() : OptionalDouble.of(product / square);
    }
}
