package dev.graft.training.types;

import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What is known so far of a graph's values: number formats, dimensions, and the elements of small tensors. */
final class Facts {
    private static final int LONGEST_NAME = 200;

    private final Map<Value, ValueType> given;
    private final Map<Value, List<Length>> dims = new HashMap<>();
    private final Map<Value, KnownIntegers> integers = new HashMap<>();
    private int symbols;

    /** @param given what ONNX Runtime says */
    Facts(Map<Value, ValueType> given) {
        this.given = given;
    }

    Length fresh() {
        return Length.of(Symbol.fresh(symbols++));
    }

    Optional<DType> dtype(Value value) {
        return Optional.ofNullable(given.get(value)).map(ValueType::dtype);
    }

    /** What ONNX Runtime says of a value. */
    Optional<ValueType> given(Value value) {
        return Optional.ofNullable(given.get(value));
    }

    Optional<List<Length>> dims(Value value) {
        return Optional.ofNullable(dims.get(value));
    }

    void setDims(Value value, List<Length> lengths) {
        dims.put(value, List.copyOf(lengths));
    }

    /** The elements of a value as far as they are known; all unknown where only their number is. */
    Optional<KnownIntegers> integers(Value value) {
        KnownIntegers known = integers.get(value);
        return known != null ? Optional.of(known) : dims(value).flatMap(Facts::unknown);
    }

    /** Says what a value's elements are, those left out that its number format cannot hold or that are no numbers in floats. */
    void setIntegers(Value value, KnownIntegers known) {
        DType dtype = dtype(value).orElseThrow(NotKnown::new);
        List<@Nullable Length> held = new ArrayList<>();
        for (Length element : known.elements()) {
            held.add(element != null && holds(dtype, element) ? element : null);
        }
        integers.put(value, new KnownIntegers(known.rank(), held));
    }

    /** The length that a type's dimension says, with a symbol of its own where it says nothing. */
    Length length(Dim dim) {
        if (dim instanceof Dim.Fixed fixed) {
            return Length.of(fixed.length());
        }
        String name = ((Dim.Symbolic) dim).symbol();
        return name.isEmpty() || name.length() > LONGEST_NAME ? fresh() : Length.of(Symbol.named(name));
    }

    /** Takes the elements of a constant, if they are few. */
    void readConstant(Value value, TensorData data) {
        if (data.shape().rank() > 1
                || data.shape().elements() > KnownIntegers.MOST_ELEMENTS
                || !data.dtype().isByteSized()
                || data.dtype() == DType.STRING) {
            return;
        }
        double[] values = HostTensor.of(data.tensor(value.name())).toDoubles();
        long[] exact = data.dtype().isFloat()
                ? null
                : HostTensor.of(data.tensor(value.name())).toLongs();
        setIntegers(
                value,
                KnownIntegers.of(
                        data.shape().rank(),
                        values.length,
                        i -> exact == null ? ofFloat(values[i]) : Length.of(exact[i])));
    }

    private static Length ofFloat(double value) {
        if (value != Math.rint(value) || Math.abs(value) > 1L << 53) {
            throw new NotKnown();
        }
        return Length.of((long) value);
    }

    private static boolean holds(DType dtype, Length element) {
        OptionalLong number = element.number();
        return switch (dtype) {
            case INT64 -> true;
            case INT32 -> number.isEmpty() || number.getAsLong() == (int) number.getAsLong();
            case BOOL -> number.isPresent() && (number.getAsLong() == 0 || number.getAsLong() == 1);
            case FLOAT32 -> number.isPresent() && Math.abs(number.getAsLong()) <= 1 << 24;
            case FLOAT64 -> number.isPresent() && Math.abs(number.getAsLong()) <= 1L << 53;
            default -> false;
        };
    }

    private static Optional<KnownIntegers> unknown(List<Length> dims) {
        if (dims.isEmpty()) {
            return Optional.of(KnownIntegers.scalar(null));
        }
        long count = dims.get(0).number().orElse(-1);
        return dims.size() == 1 && count >= 0 && count <= KnownIntegers.MOST_ELEMENTS
                ? Optional.of(KnownIntegers.list(Collections.nCopies((int) count, null)))
                : Optional.empty();
    }
}
