package dev.graft.training.autodiff.rules;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.NodeGradient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The gradient of Gather: each part of the gradient is added to the part of the input that it was read from. */
final class GatherGradient {
    private static final long SCATTER_ADDS = 16;

    private final NodeGradient g;
    private final int axis;
    private final int rank;
    private final int indexRank;
    private final Value indices;

    GatherGradient(NodeGradient g) {
        this.g = g;
        this.axis = g.axis(g.in(0), g.node().intAttribute("axis", 0));
        this.rank = g.rank(g.in(0));
        this.indexRank = g.rank(g.in(1));
        // ScatterND and OneHot take int64
        this.indices = g.dtype(g.in(1)) == DType.INT64 ? g.in(1) : g.cast(g.in(1), DType.INT64);
    }

    Value gradient() {
        if (indexRank == 0 && g.in(1).constant().isPresent()) {
            return padded(g.longs(g.in(1))[0]);
        }
        return g.opset() >= SCATTER_ADDS ? scattered() : product();
    }

    /** One constant index, as where a classifier reads the first token: zeros around the gradient. */
    private Value padded(long index) {
        long[] front = new long[rank];
        long[] back = new long[rank];
        Value length = g.length(g.in(0), axis);
        Value before = index < 0 ? g.add(length, g.ints(index)) : g.ints(index);
        Value behind = g.sub(g.sub(length, before), g.ints(1));
        List<Value> pads = new ArrayList<>();
        for (long[] side : List.of(front, back)) {
            pads.add(g.ints(java.util.Arrays.copyOf(side, axis)));
            pads.add(side == front ? before : behind);
            pads.add(g.ints(new long[rank - 1 - axis]));
        }
        return g.node("Pad", g.unsqueeze(g.dy(), axis), g.builder().concat(0, pads));
    }

    /** Along the first axis rows are added; another axis is brought to the front and back. */
    private Value scattered() {
        Value rows = g.unsqueeze(indices, indexRank);
        Value shape = g.shapeOf(g.in(0));
        DType dtype = g.dtype(g.in(0));
        Attribute add = Attribute.of("reduction", "add");
        if (axis == 0) {
            return g.node("ScatterND", List.of(g.zeros(dtype, shape), rows, g.dy()), add);
        }
        Value zeros = g.zeros(dtype, g.at(shape, axisFirst()));
        Value front = g.node("ScatterND", List.of(zeros, rows, indicesFirst()), add);
        return g.builder().transpose(front, axisBack());
    }

    /** Before operator set 16 nothing adds into places: the product of the indices as one-hot rows with the gradient. */
    private Value product() {
        Value flat = g.reshape(indices, g.ints(-1));
        // ONNX Runtime has no kernel of OneHot for other floats
        Value single = g.node("OneHot", flat, g.length(g.in(0), axis), g.floats(DType.FLOAT32, 0, 1));
        Value hot = g.dtype(g.in(0)) == DType.FLOAT32 ? single : g.cast(single, g.dtype(g.in(0)));
        Value shape = g.shapeOf(g.in(0));
        Value width = g.div(g.node("Size", g.in(0)), g.length(g.in(0), axis));
        Value count = g.node("Size", indices);
        Value rows = g.builder().concat(0, List.of(g.reshape(count, g.ints(1)), width));
        Value sums = g.product(hot, true, g.reshape(indicesFirst(), rows), false, 1);
        return axis == 0
                ? g.reshape(sums, shape)
                : g.builder().transpose(g.reshape(sums, g.at(shape, axisFirst())), axisBack());
    }

    /** The input's axes with the one that is read along in front. */
    private long[] axisFirst() {
        return LongStream.concat(
                        LongStream.of(axis),
                        IntStream.range(0, rank).filter(at -> at != axis).asLongStream())
                .toArray();
    }

    private long[] axisBack() {
        long[] back = new long[rank];
        long[] first = axisFirst();
        for (int at = 0; at < rank; at++) {
            back[(int) first[at]] = at;
        }
        return back;
    }

    /** The gradient with the axes of the indices in front. */
    private Value indicesFirst() {
        if (axis == 0) {
            return g.dy();
        }
        int outputRank = rank - 1 + indexRank;
        long[] order = LongStream.concat(
                        LongStream.range(axis, axis + indexRank),
                        LongStream.range(0, outputRank).filter(at -> at < axis || at >= axis + indexRank))
                .toArray();
        return g.builder().transpose(g.dy(), order);
    }
}
