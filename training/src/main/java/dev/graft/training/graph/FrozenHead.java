package dev.graft.training.graph;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.Formulas;
import dev.graft.training.step.Batch;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The output layer of a language model that is not trained: {@code logits = x·W}. Of a batch only the rows with a label go through it, and the
 * gradient goes straight to x, {@code (softmax·Wᵀ - W[label]) · weight}, so that nothing as wide as the vocabulary is written but the
 * logits and their softmax.
 *
 * @param x its input, [batch, length, width]
 * @param weight W
 * @param wide whether W is stored as [width, vocabulary] rather than its transpose
 */
record FrozenHead(Value x, Value weight, boolean wide) {
    /** The head that makes an output, if it is one and nothing else reads the output. */
    static Optional<FrozenHead> of(Value output) {
        Node node = output.producer().orElse(null);
        if (node == null || !node.is("MatMul") || !output.uses().isEmpty()) {
            return Optional.empty();
        }
        Value x = node.input(0);
        Value weight = node.input(1);
        if (x == null || weight == null) {
            return Optional.empty();
        }
        if (isMatrix(weight)) {
            return Optional.of(new FrozenHead(x, weight, true));
        }
        Node turned =
                weight.producer().filter(producer -> producer.is("Transpose")).orElse(null);
        Value stored = turned == null ? null : turned.input(0);
        return stored != null && isMatrix(stored) ? Optional.of(new FrozenHead(x, stored, false)) : Optional.empty();
    }

    private static boolean isMatrix(Value value) {
        return value.constant()
                .filter(data -> data.shape().rank() == 2 && data.dtype() == DType.FLOAT32)
                .isPresent();
    }

    /** Writes loss and gradient; labels are [batch, length], those that do not count {@link Batch#IGNORED}. */
    LossHead.Written write(Formulas f, Value labels, Value factor) {
        Value flat = f.reshape(labels, f.ints(-1));
        Value counts = f.node("Not", f.node("Equal", flat, f.builder().index(Batch.IGNORED)));
        Value rows = f.reshape(f.node("NonZero", counts), f.ints(-1));
        Value label = f.builder().gather(flat, rows, 0);
        long width = weight.constant().orElseThrow().shape().dim(wide ? 0 : 1);
        Value all = f.reshape(x, f.ints(-1, width));
        Value chosen = f.builder().gather(all, rows, 0);
        Value softmax =
                f.node("Softmax", List.of(f.product(chosen, false, weight, !wide, 1)), Attribute.of("axis", -1L));
        Value probability = f.node("GatherElements", List.of(softmax, f.unsqueeze(label, 1)), Attribute.of("axis", 1L));
        Value likelihood = f.node("Log", f.add(probability, f.scalar(DType.FLOAT32, CrossEntropy.TINY)));
        Value loss = f.neg(f.node("ReduceSum", List.of(likelihood), Attribute.of("keepdims", 0L)));
        Value of = f.builder().gather(weight, label, wide ? 1 : 0);
        Value expected = f.product(softmax, false, weight, wide, 1);
        Value error = f.sub(expected, wide ? f.builder().transpose(of, 1, 0) : of);
        Value zeros = f.zeros(DType.FLOAT32, f.shape(all));
        Value back = f.node("ScatterND", zeros, f.unsqueeze(rows, 1), f.mul(error, factor));
        return LossHead.Written.of(loss, Map.of(x, f.reshapeLike(back, x)));
    }
}
