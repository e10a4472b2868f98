package dev.graft.runtime.compare;

import dev.graft.runtime.session.HostTensor;
import java.util.Optional;

/**
 * One output of one sample, computed in several ways; all of the same shape.
 *
 * @param output the output's name
 * @param exact base and adapter side by side, in float64 throughout
 * @param unmerged base and adapter side by side, in the model's own type
 * @param merged the merged model, in its own type
 * @param exactMerged the merged model's weights, as they are after rounding, in float64 throughout: what it differs by from {@code exact} is
 *     what rounding the weights once costs
 * @param base the base alone, in its own type: what {@code exact} differs by from it is the adapter's effect
 */
public record Observation(
        String output,
        HostTensor exact,
        HostTensor unmerged,
        HostTensor merged,
        Optional<HostTensor> exactMerged,
        Optional<HostTensor> base) {
    /** An observation of the three that the rule needs. */
    public static Observation of(String output, HostTensor exact, HostTensor unmerged, HostTensor merged) {
        return new Observation(output, exact, unmerged, merged, Optional.empty(), Optional.empty());
    }

    /** The same with the rounded weights' exact outputs. */
    public Observation withExactMerged(HostTensor values) {
        return new Observation(output, exact, unmerged, merged, Optional.of(values), base);
    }

    /** The same with the base's outputs. */
    public Observation withBase(HostTensor values) {
        return new Observation(output, exact, unmerged, merged, exactMerged, Optional.of(values));
    }
}
