package dev.graft.training.types;

import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The types of all values of a model's main graph: number formats always, ranks nearly always, lengths where they are fixed, symbols
 * where they are not. Two dimensions with the same symbol are equally long in every run; a length of which nothing is known has a
 * symbol of its own, {@code ?} and a number.
 */
public final class GraphTypes {
    private final Map<Value, ValueType> types;
    private final Facts facts;

    private GraphTypes(Map<Value, ValueType> types, Facts facts) {
        this.types = types;
        this.facts = facts;
    }

    /**
     * Asks ONNX Runtime and finds out what it does not say. The model is as it was afterwards.
     *
     * @throws dev.graft.error.GraftException {@code RUNTIME_FAILED} if ONNX Runtime cannot load the model
     */
    public static GraphTypes of(OnnxModel model) {
        Map<Value, ValueType> given = OrtTypes.of(model);
        Facts facts = Propagation.through(model.graph(), given);
        Map<Value, ValueType> types = new HashMap<>();
        given.forEach((value, type) -> types.put(
                value,
                facts.dims(value)
                        .map(dims -> new ValueType(type.dtype(), dims(dims)))
                        .orElse(type)));
        return new GraphTypes(types, facts);
    }

    /** The type of a value; empty for what is no tensor, and for values of subgraphs. */
    public Optional<ValueType> type(Value value) {
        return Optional.ofNullable(types.get(value));
    }

    /** The rank of a value, or -1. */
    public int rank(Value value) {
        return type(value).map(ValueType::rank).orElse(-1);
    }

    /** Whether a value is a floating-point tensor. */
    public boolean isFloat(Value value) {
        return type(value).map(type -> type.dtype().isFloat()).orElse(false);
    }

    /**
     * The elements of a value of integers that are the same in every run: of a constant, and of a small value computed from what does
     * not change, as exporters compute shapes and slices' bounds.
     */
    public Optional<long[]> known(Value value) {
        Optional<TensorData> constant = value.constant().filter(data -> isInteger(data.dtype()));
        if (constant.isPresent()) {
            return Optional.of(
                    HostTensor.of(constant.get().tensor(value.name())).toLongs());
        }
        return facts.dtype(value)
                .filter(GraphTypes::isInteger)
                .flatMap(dtype -> facts.integers(value).flatMap(KnownIntegers::numbers));
    }

    /** Says what type a value has that was made after ONNX Runtime was asked. */
    public void put(Value value, ValueType type) {
        types.put(value, type);
    }

    private static boolean isInteger(DType dtype) {
        return dtype == DType.INT64 || dtype == DType.INT32 || dtype == DType.BOOL;
    }

    private static Optional<List<Dim>> dims(List<Length> lengths) {
        return Optional.of(lengths.stream().map(GraphTypes::dim).toList());
    }

    private static Dim dim(Length length) {
        return length.number().isPresent()
                ? new Dim.Fixed(length.number().getAsLong())
                : new Dim.Symbolic(length.text());
    }
}
