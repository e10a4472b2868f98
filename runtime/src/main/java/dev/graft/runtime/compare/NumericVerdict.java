package dev.graft.runtime.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a merged model computes what base and adapter compute side by side.
 *
 * <p>The rule: <em>merged must be about as close to the exact answer as unmerged is.</em> The exact answer is base and adapter side by side in float64. For each
 * output, over all elements of all samples, with {@code max} and root mean square each,
 *
 * <pre>
 *   error(merged) &lt;= {@value OutputTolerance#SPREAD} · (error(unmerged) + cost of rounding the weights) + {@value OutputTolerance#ROUNDINGS} · eps · scale
 * </pre>
 *
 * <ul>
 *   <li><em>error(unmerged)</em> is measured: what the model's own arithmetic costs on these inputs, on this device. The merged model does
 *       the same arithmetic with fewer steps, so its error is another draw from the same distribution or a narrower one.
 *   <li><em>the cost of rounding the weights</em> is measured where the caller gives {@link Observation#exactMerged}: the difference that {@code round(W +
 *       s·B·A)} instead of {@code W + s·B·A} makes when both are computed in float64. It is what a merged float16 model loses that the unmerged one
 *       does not. Without it, it counts as nothing, which is right for float32 where it is below the arithmetic's own error.
 *   <li>{@value OutputTolerance#SPREAD}: two draws from one distribution of errors differ; the largest of many by less than a factor of 2, of few by more.
 *   <li>the last term is a floor: {@code eps} is the unit roundoff of the output's type (2^-24 for float32, 2^-11 for float16, 2^-8 for bfloat16), {@code scale} the largest
 *       absolute value of the output. An output that happens to be exact in the unmerged model may still be off by some roundings in the merged one.
 * </ul>
 *
 * <p>An adapter whose whole effect is within the tolerance cannot be told from no adapter by its outputs: then the verdict is {@link
 * OutputVerdict.Outcome#INCONCLUSIVE}, and only the weights can prove the merge. This is known where the caller gives {@link Observation#base}.
 *
 * @param outputs one verdict per output
 */
public record NumericVerdict(List<OutputVerdict> outputs) {
    public NumericVerdict {
        outputs = List.copyOf(outputs);
    }

    /**
     * Judges all observations; those of the same output are taken together.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static NumericVerdict of(List<Observation> observations) {
        if (observations.isEmpty()) {
            throw new IllegalArgumentException("nothing observed");
        }
        Map<String, List<Observation>> byOutput = new LinkedHashMap<>();
        for (Observation observation : observations) {
            byOutput.computeIfAbsent(observation.output(), name -> new ArrayList<>())
                    .add(observation);
        }
        return new NumericVerdict(byOutput.entrySet().stream()
                .map(entry -> OutputVerdict.of(entry.getKey(), entry.getValue()))
                .toList());
    }

    /** Whether no output fails and at least one passes. */
    public boolean isPassed() {
        return outputs.stream().noneMatch(output -> output.outcome() == OutputVerdict.Outcome.FAILED)
                && outputs.stream().anyMatch(output -> output.outcome() == OutputVerdict.Outcome.PASSED);
    }

    /** Whether an output fails. */
    public boolean isFailed() {
        return outputs.stream().anyMatch(output -> output.outcome() == OutputVerdict.Outcome.FAILED);
    }

    /** The outputs that fail. */
    public List<OutputVerdict> failures() {
        return outputs.stream()
                .filter(output -> output.outcome() == OutputVerdict.Outcome.FAILED)
                .toList();
    }
}
