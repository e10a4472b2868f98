package dev.graft.compiler.attach;

import dev.graft.adapter.LowRankChange;
import dev.graft.compiler.resolve.Binding;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;

/** What a binding must be to be attached. */
final class AttachRules {
    private AttachRules() {}

    /** Whether the binding changes anything: its adapter's weight is not 0. */
    static boolean takesPart(Binding binding) {
        return binding.weight() != 0;
    }

    /** The factor on B·A: the change's own scaling times the adapter's weight. */
    static double scaling(Binding binding) {
        return binding.change() instanceof LowRankChange change
                ? change.scaling() * binding.weight()
                : binding.weight();
    }

    static void requireAttachable(Binding binding) {
        boolean summed = binding.change() instanceof LowRankChange change && !change.isDora();
        if (!summed && binding.weight() != 1) {
            throw new GraftException(
                    ErrorCode.ADAPTERS_CONFLICT,
                    binding.module() + " has "
                            + (binding.change() instanceof LowRankChange ? "a DoRA change" : "a replaced tensor")
                            + ", which cannot be taken with weight " + binding.weight(),
                    Location.NONE,
                    "Give this adapter the weight 1, or 0 to leave it out.");
        }
        if (!Double.isFinite(scaling(binding))) {
            throw new GraftException(
                    ErrorCode.MERGE_NOT_FINITE,
                    "the scaling of " + binding.module() + " is not finite",
                    Location.NONE,
                    "Check the adapter's alpha and rank and the weight that you gave.");
        }
    }
}
