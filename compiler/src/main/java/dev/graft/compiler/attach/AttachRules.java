package dev.graft.compiler.attach;

import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.TensorReplacement;
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

    /** Whether it is a change of a weight by B·A (a bias delta of the same change is not). */
    static boolean isLowRank(Binding binding) {
        return binding.change() instanceof LowRankChange && binding.target() == Binding.Parameter.WEIGHT;
    }

    /** Whether it changes a bias: that of a product, or that of a norm, which is a site of its own. */
    static boolean isBias(Binding binding) {
        return binding.target() == Binding.Parameter.BIAS
                || binding.change() instanceof TensorReplacement replacement
                        && replacement.parameter().equals("bias");
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

    /** An input's name is what an adapter finds it by: it cannot be changed to a free one. */
    static GraftException nameTaken(String name) {
        return new GraftException(
                ErrorCode.ATTACH_UNSUPPORTED,
                "the model already has a value '" + name + "': it seems to be attached already",
                Location.ofTensor(null, name),
                "Attach to the base, or choose the other style of names.");
    }
}
