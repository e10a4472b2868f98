package dev.graft.training.graph;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.TensorData;
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
 * logits and their softmax. In 16 bits the one is taken from the softmax before the product, {@code (softmax - onehot)·Wᵀ}: the
 * difference of two rounded products would be mostly rounding where the model is certain.
 *
 * @param x its input, [batch, length, width]
 * @param weight W as it is stored
 * @param wide whether W is stored as [width, vocabulary] rather than its transpose
 * @param format what the product is computed in, and what x is in
 */
record FrozenHead(Value x, Value weight, boolean wide, DType format) {
    /** The head that makes an output of a format, if it is one and nothing else reads the output. */
    static Optional<FrozenHead> of(Value output, DType format) {
        Node node = output.producer().orElse(null);
        if (node == null || !node.is("MatMul") || !output.uses().isEmpty()) {
            return Optional.empty();
        }
        Value x = node.input(0);
        Value weight = node.input(1);
        if (x == null || weight == null) {
            return Optional.empty();
        }
        Value read = uncast(weight);
        if (isMatrix(read)) {
            return Optional.of(new FrozenHead(x, read, true, format));
        }
        Node turned =
                read.producer().filter(producer -> producer.is("Transpose")).orElse(null);
        Value source = turned == null ? null : turned.input(0);
        Value stored = source == null ? read : uncast(source);
        return isMatrix(stored) ? Optional.of(new FrozenHead(x, stored, false, format)) : Optional.empty();
    }

    /** What a Cast reads: only the file or the format of activations has put one there. */
    private static Value uncast(Value value) {
        Value at = value;
        while (at.producer().filter(node -> node.is("Cast")).isPresent()) {
            Value source = at.producer().orElseThrow().input(0);
            if (source == null) {
                return at;
            }
            at = source;
        }
        return at;
    }

    private static boolean isMatrix(Value value) {
        return value.constant()
                .filter(data -> data.shape().rank() == 2 && data.dtype().isFloat())
                .isPresent();
    }

    /** Writes loss and gradient; labels are [batch, length], those that do not count {@link Batch#IGNORED}. */
    LossHead.Written write(Formulas f, Value labels, Value factor) {
        Value flat = f.reshape(labels, f.ints(-1));
        Value counts = f.node("Not", f.node("Equal", flat, f.builder().index(Batch.IGNORED)));
        Value rows = f.reshape(f.node("NonZero", counts), f.ints(-1));
        Value label = f.builder().gather(flat, rows, 0);
        TensorData stored = weight.constant().orElseThrow();
        Value all = f.reshape(x, f.ints(-1, stored.shape().dim(wide ? 0 : 1)));
        Value chosen = f.builder().gather(all, rows, 0);
        Value matrix = stored.dtype() == format ? weight : f.cast(weight, format);
        Value logits = single(f, f.product(chosen, false, matrix, !wide, 1));
        Value softmax = f.node("Softmax", List.of(logits), Attribute.of("axis", -1L));
        Value place = f.unsqueeze(label, 1);
        Value probability = f.node("GatherElements", List.of(softmax, place), Attribute.of("axis", 1L));
        Value likelihood = f.node("Log", f.add(probability, f.scalar(DType.FLOAT32, CrossEntropy.TINY)));
        Value loss = f.neg(f.node("ReduceSum", List.of(likelihood), Attribute.of("keepdims", 0L)));
        Value error = format == DType.FLOAT32
                ? errorOfProducts(f, matrix, softmax, label, factor)
                : productOfErrors(f, matrix, softmax, place, probability, factor);
        Value back = f.node("ScatterND", f.zeros(format, f.shape(all)), f.unsqueeze(rows, 1), error);
        return LossHead.Written.of(loss, Map.of(x, f.reshapeLike(back, x)));
    }

    private Value errorOfProducts(Formulas f, Value matrix, Value softmax, Value label, Value factor) {
        Value of = f.builder().gather(matrix, label, wide ? 1 : 0);
        Value expected = f.product(softmax, false, matrix, wide, 1);
        return f.mul(f.sub(expected, wide ? f.builder().transpose(of, 1, 0) : of), factor);
    }

    private Value productOfErrors(
            Formulas f, Value matrix, Value softmax, Value place, Value probability, Value factor) {
        Value less = f.sub(probability, f.scalar(DType.FLOAT32, 1));
        Value error = f.node("ScatterElements", List.of(softmax, place, less), Attribute.of("axis", 1L));
        return f.product(f.cast(f.mul(error, factor), format), false, matrix, wide, 1);
    }

    private Value single(Formulas f, Value value) {
        return format == DType.FLOAT32 ? value : f.cast(value, DType.FLOAT32);
    }
}
