package dev.graft.compiler.attach;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.Arrays;

/**
 * Attaches constant branches on the weight's side: {@code x·(W + A·B)}. Reading A and B at each run is what a branch beside the product
 * costs even at its best; here ONNX Runtime puts the sum together once, when the session is created, and a run costs what the base's
 * costs. The file still holds the base's weight untouched, or refers to it, and A and B beside it.
 */
final class FoldedWeights {
    /**
     * Up to this many elements a weight is folded. The sum is held in memory, as a prepacked weight is anyway; for larger weights
     * that costs more at load than a few nodes beside the product cost per run, which then takes far longer than they do.
     */
    private static final long FOLDED_ELEMENTS = 1L << 24;

    private final GraphEditor editor;

    FoldedWeights(GraphEditor editor) {
        this.editor = editor;
    }

    /** Whether a place can take this form: 16-bit weights would round the change, quantised ones have no sum. */
    static boolean fits(Place place, OnnxModel model) {
        boolean wide = place.dtype() == DType.FLOAT32 || place.dtype() == DType.FLOAT64;
        return wide
                && place.kind() != SiteKind.QUANTIZED_MATMUL
                && place.site().weight().tensor().shape().elements() <= FOLDED_ELEMENTS
                && WeightChain.of(place.weight()).isConstant(model);
    }

    /** Attaches to one place. */
    String attach(Place place) {
        String module = BranchNames.of(place.terms());
        GraphBuilder g = WeightPlace.builder(editor, place).named(module + "/lora");
        boolean outputsFirst = outputsFirst(place);
        Matrix a = new Matrix(inputs(place), place.rank());
        Matrix b = new Matrix(place.rank(), place.outputs());
        int rank = 0;
        for (Term term : place.terms()) {
            a.put(term.a(), 0, rank);
            b.put(term.bWithoutGain(), rank, term.firstOutput());
            rank += term.rank();
        }
        Value valueOfA = initializer(g, module + ".lora_A.weight", place, outputsFirst ? a.transposed() : a);
        Value valueOfB = initializer(g, module + ".lora_B.weight", place, outputsFirst ? b.transposed() : b);
        Value delta = outputsFirst ? g.matMul(valueOfB, valueOfA) : g.matMul(valueOfA, valueOfB);
        if (place.kind() == SiteKind.CONV) {
            delta = g.reshape(delta, place.site().weight().tensor().shape().toArray());
        }
        Value sum = g.add(place.weight(), delta);
        editor.replaceInput(place.node(), place.site().weightInput(), withGains(g, place, module, sum, outputsFirst));
        return "folded";
    }

    private static Value withGains(GraphBuilder g, Place place, String module, Value sum, boolean outputsFirst) {
        double[] gains = place.gains();
        if (gains == null) {
            return sum;
        }
        long[] shape = new long
                [place.kind() == SiteKind.CONV
                        ? place.site().weight().tensor().shape().rank()
                        : 2];
        Arrays.fill(shape, 1);
        shape[outputsFirst ? 0 : 1] = gains.length;
        String name = module + ".lora_magnitude.weight";
        return g.mul(sum, g.initializer(name, Tensor.ofDoubles(name, place.dtype(), Shape.of(shape), gains)));
    }

    /** Whether the node reads the weight as [out, in]; a table is [rows, width], its rows being what A has. */
    private static boolean outputsFirst(Place place) {
        return switch (place.kind()) {
            case CONV -> true;
            case GATHER -> false;
            default -> place.site().weightInput() == 0 ^ place.node().intAttribute("transB", 0) != 0;
        };
    }

    private static long inputs(Place place) {
        return place.terms().get(0).a().rows();
    }

    private static Value initializer(GraphBuilder g, String name, Place place, Matrix matrix) {
        return g.initializer(name, matrix.toTensor(name, place.dtype()));
    }
}
