package dev.graft.training.expand;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.inputs.InputRole;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A tensor of past keys or values without positions, in the place of a graph's input. */
final class EmptyPast {
    private EmptyPast() {}

    /** Whether the number of earlier positions is free, so that it can be none. */
    static boolean isPossible(Value past) {
        int axis = positionAxis(past);
        return axis >= 0
                && (!(Inputs.dims(past).get(axis) instanceof Dim.Fixed fixed) || fixed.length() == 0)
                && past.type().map(ValueType::dtype).map(DType::isFloat).orElse(false);
    }

    /** The axis along which positions lie: the one that says so, else the last but one; -1 if there is none. */
    static int positionAxis(Value past) {
        List<Dim> dims = Inputs.dims(past);
        for (int axis = 0; axis < dims.size(); axis++) {
            String symbol = symbol(dims.get(axis)).toLowerCase(Locale.ROOT);
            if (symbol.contains("past") && !symbol.contains("total") && !symbol.contains("+")) {
                return axis;
            }
        }
        return dims.size() - 2;
    }

    /**
     * Writes the tensor at the start of the graph.
     *
     * @throws GraftException {@code ONNX_UNSUPPORTED} if another dimension's length cannot be known
     */
    static void write(GraphEditor editor, Value past) {
        GraphBuilder g = editor.atStart(past.graph()).named("empty_cache").source("a cache without positions");
        List<Dim> dims = Inputs.dims(past);
        List<Value> lengths = new ArrayList<>();
        for (int axis = 0; axis < dims.size(); axis++) {
            lengths.add(axis == positionAxis(past) ? g.ints(0) : length(editor, g, past, axis));
        }
        DType dtype = past.type().map(ValueType::dtype).orElse(DType.FLOAT32);
        Tensor zero = Tensor.ofDoubles("zero", dtype, Shape.of(1), 0);
        g.nodeFor(
                past,
                "ConstantOfShape",
                "",
                List.of(g.concat(0, lengths)),
                List.of(Attribute.of("value", TensorData.of(zero))));
    }

    private static Value length(GraphEditor editor, GraphBuilder g, Value past, int axis) {
        Dim dim = Inputs.dims(past).get(axis);
        if (dim instanceof Dim.Fixed fixed) {
            return g.ints(fixed.length());
        }
        Place place = sameSymbol(past, symbol(dim))
                .or(() -> axis == firstFree(past) ? tokens(past) : Optional.empty())
                .orElseThrow(() -> new GraftException(
                        ErrorCode.ONNX_UNSUPPORTED,
                        "the model does not say how long dimension " + axis + " ('" + symbol(dim) + "') of its cache '"
                                + past.name() + "' is, and no other input has it",
                        Location.ofTensor(editor.model().file().orElse(null), past.name()),
                        "Export the model with fixed numbers of heads and head sizes, or without a cache."));
        return g.gather(g.node("Shape", place.input()), g.ints(place.axis()), 0);
    }

    /** Where a length can be read. */
    private record Place(Value input, int axis) {}

    private static Optional<Place> sameSymbol(Value past, String symbol) {
        for (Value input : past.graph().inputs()) {
            List<Dim> dims = Inputs.dims(input);
            for (int axis = 0; axis < dims.size(); axis++) {
                boolean fed = Inputs.role(input) != InputRole.PAST;
                if (fed && !symbol.isEmpty() && symbol(dims.get(axis)).equals(symbol)) {
                    return Optional.of(new Place(input, axis));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Place> tokens(Value past) {
        return past.graph().inputs().stream()
                .filter(input -> Inputs.role(input) == InputRole.TOKEN_IDS)
                .findFirst()
                .map(input -> new Place(input, 0));
    }

    private static int firstFree(Value past) {
        List<Dim> dims = Inputs.dims(past);
        for (int axis = 0; axis < dims.size(); axis++) {
            if (axis != positionAxis(past) && dims.get(axis) instanceof Dim.Symbolic) {
                return axis;
            }
        }
        return -1;
    }

    private static String symbol(Dim dim) {
        return dim instanceof Dim.Symbolic symbolic ? symbolic.symbol() : "";
    }
}
