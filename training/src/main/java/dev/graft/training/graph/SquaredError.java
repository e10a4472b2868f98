package dev.graft.training.graph;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.Formulas;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The squared distance of an output from its labels, which have its shape, summed over all elements. */
public final class SquaredError implements LossHead {
    @Override
    public DType labelType() {
        return DType.FLOAT32;
    }

    @Override
    public int labelRank(int outputRank) {
        return outputRank;
    }

    @Override
    public Written write(Formulas f, Value output, DType dtype, int rank, Value labels, Value weight) {
        Value single = dtype == DType.FLOAT32 ? output : f.cast(output, DType.FLOAT32);
        Value error = f.sub(single, f.reshapeLike(labels, single));
        Value loss = f.node("ReduceSum", List.of(f.mul(error, error)), Attribute.of("keepdims", 0L));
        Value gradient = f.mul(error, f.mul(weight, f.scalar(DType.FLOAT32, 2)));
        Value whole = dtype == DType.FLOAT32 ? gradient : f.cast(gradient, dtype);
        Value numbers = f.node("Identity", single);
        return new Written(
                loss, Map.of(output, whole), Optional.of(new ValueType(DType.FLOAT32, Optional.empty())), numbers);
    }
}
