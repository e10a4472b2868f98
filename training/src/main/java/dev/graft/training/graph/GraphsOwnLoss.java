package dev.graft.training.graph;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.Formulas;
import java.util.List;
import java.util.Map;

/**
 * A loss that the model computes itself, as one of its outputs; one of several elements is summed.
 *
 * @param output the output's name
 */
public record GraphsOwnLoss(String output) implements LossHead {
    @Override
    public boolean hasLabels() {
        return false;
    }

    @Override
    public DType labelType() {
        return DType.FLOAT32;
    }

    @Override
    public int labelRank(int outputRank) {
        return 0;
    }

    @Override
    public Written write(Formulas f, Value value, DType dtype, int rank, Value labels, Value weight) {
        Value single = dtype == DType.FLOAT32 ? value : f.cast(value, DType.FLOAT32);
        Value loss = f.node("ReduceSum", List.of(single), Attribute.of("keepdims", 0L));
        Value gradient = f.node("Expand", dtype == DType.FLOAT32 ? weight : f.cast(weight, dtype), f.shape(value));
        return Written.of(loss, Map.of(value, gradient));
    }
}
