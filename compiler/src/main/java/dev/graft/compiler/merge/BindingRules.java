package dev.graft.compiler.merge;

import dev.graft.adapter.LowRankChange;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.compiler.scan.TensorStorage;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;

/** What a binding must be to take part in a merge. */
final class BindingRules {
    private BindingRules() {}

    /** Whether the binding changes anything at all: its weight is not 0, and neither is its scaling. */
    static boolean takesPart(Binding binding) {
        if (binding.weight() == 0) {
            return false;
        }
        return !(binding.change() instanceof LowRankChange change)
                || scaling(binding, change) != 0
                || change.isDora() && binding.target() == Binding.Parameter.WEIGHT;
    }

    /** The factor on B·A: the change's own scaling times the adapter's weight. */
    static double scaling(Binding binding, LowRankChange change) {
        return change.scaling() * binding.weight();
    }

    static void requireMergeable(Binding binding) {
        requireWeight(binding);
        TensorIndex tensor = binding.view().tensor();
        if (!tensor.dtype().isFloat()
                || binding.site().kind() == SiteKind.QUANTIZED_MATMUL && binding.target() == Binding.Parameter.WEIGHT) {
            throw notMergeable(
                    binding,
                    "it is quantised (" + tensor.dtype().displayName() + ", read by "
                            + binding.site().node().opType() + "): rounding to its few levels would lose the change",
                    "Use graft attach, which leaves the weight alone and computes the change beside it.");
        }
        if (tensor.storage() instanceof TensorStorage.Encoded encoded) {
            throw notMergeable(
                    binding,
                    "it is stored in " + encoded.field() + ", where the size depends on the values",
                    "Save the model with its weights as raw or external data, or use graft attach.");
        }
    }

    private static void requireWeight(Binding binding) {
        boolean lowRank = binding.change() instanceof LowRankChange change && !change.isDora();
        if (!lowRank && binding.weight() != 1) {
            String kind = binding.change() instanceof LowRankChange ? "a DoRA change" : "a replaced tensor";
            throw new GraftException(
                    ErrorCode.ADAPTERS_CONFLICT,
                    binding.module() + " has " + kind + ", which cannot be taken with weight " + binding.weight(),
                    Location.NONE,
                    "Give this adapter the weight 1, or 0 to leave it out.");
        }
        if (!Double.isFinite(binding.weight())
                || binding.change() instanceof LowRankChange change && !Double.isFinite(scaling(binding, change))) {
            throw new GraftException(
                    ErrorCode.MERGE_NOT_FINITE,
                    "the scaling of " + binding.module() + " is not finite",
                    Location.NONE,
                    "Check the adapter's alpha and rank and the weight that you gave.");
        }
    }

    private static GraftException notMergeable(Binding binding, String reason, String remedy) {
        TensorIndex tensor = binding.view().tensor();
        return new GraftException(
                ErrorCode.WEIGHT_NOT_MERGEABLE,
                "the weight of " + binding.module() + " cannot be merged: " + reason,
                Location.ofTensor(tensor.proto().file(), tensor.name()),
                remedy);
    }
}
