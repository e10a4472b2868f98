package dev.graft.training.graph;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.Formulas;
import dev.graft.training.step.Batch;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The negative log-likelihood of labels under the softmax of the last axis, summed over the labels that are not {@link
 * Batch#IGNORED}: for language models, whose labels are shifted already, and for classifiers.
 *
 * <p>The gradient is {@code (softmax - onehot) · weight} at each label. Softmax is computed once for both: the loss is the logarithm of
 * the probability of the label, which is as accurate as one in the log domain down to a loss of 87, where float32 ends; it is reported,
 * the gradient does not depend on it.
 */
public final class CrossEntropy implements LossHead {
    /** Keeps the logarithm finite; below any probability that float32 tells from 0. */
    static final double TINY = 1.2e-38;

    @Override
    public DType labelType() {
        return DType.INT64;
    }

    @Override
    public int labelRank(int outputRank) {
        return outputRank - 1;
    }

    @Override
    public Written write(Formulas f, Value output, DType dtype, int rank, Value labels, Value weight) {
        Optional<FrozenHead> frozen = rank == 3 ? FrozenHead.of(output, dtype) : Optional.empty();
        return frozen.isPresent()
                ? frozen.get().write(f, labels, weight)
                : writeBehind(f, output, dtype, rank, labels, weight);
    }

    private static Written writeBehind(Formulas f, Value output, DType dtype, int rank, Value labels, Value weight) {
        Value logits = dtype == DType.FLOAT32 ? output : f.cast(output, DType.FLOAT32);
        Value softmax = f.node("Softmax", List.of(logits), Attribute.of("axis", -1L));
        Value ignored = f.node("Equal", labels, f.builder().index(Batch.IGNORED));
        Value index = f.unsqueeze(f.node("Where", ignored, f.builder().index(0), labels), rank - 1);
        Value counted = f.cast(f.unsqueeze(f.node("Not", ignored), rank - 1), DType.FLOAT32);
        Value probability = f.node("GatherElements", List.of(softmax, index), Attribute.of("axis", -1L));
        Value likelihood = f.node("Log", f.add(probability, f.scalar(DType.FLOAT32, TINY)));
        Value loss = f.neg(f.node("ReduceSum", List.of(f.mul(likelihood, counted)), Attribute.of("keepdims", 0L)));
        Value less = f.sub(probability, f.scalar(DType.FLOAT32, 1));
        Value difference = f.node("ScatterElements", List.of(softmax, index, less), Attribute.of("axis", -1L));
        Value gradient = f.mul(difference, f.mul(counted, weight));
        Value whole = dtype == DType.FLOAT32 ? gradient : f.cast(gradient, dtype);
        if (rank != 2) {
            return Written.of(loss, Map.of(output, whole));
        }
        Value best = f.node("ArgMax", List.of(logits), Attribute.of("axis", -1L), Attribute.of("keepdims", 0L));
        ValueType classes = ValueType.of(DType.INT64, new Dim.Symbolic("graft_label_0"));
        return new Written(loss, Map.of(output, whole), Optional.of(classes), best);
    }
}
