package dev.graft.runtime.inputs;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.json.JsonValue.JsonArray;
import dev.graft.adapter.format.json.JsonValue.JsonBoolean;
import dev.graft.adapter.format.json.JsonValue.JsonNumber;
import dev.graft.error.GraftException;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.LongStream;

/** Makes a tensor of nested JSON arrays. */
final class JsonTensors {
    private final Function<String, GraftException> failure;
    private final List<Long> dims = new ArrayList<>();
    private final List<JsonValue> leaves = new ArrayList<>();

    private JsonTensors(Function<String, GraftException> failure) {
        this.failure = failure;
    }

    /**
     * The tensor that an input takes; one dimension fewer than the input's means a batch of one.
     *
     * @param failure makes an error of what is wrong
     */
    static HostTensor read(ValueDescription input, JsonValue value, Function<String, GraftException> failure) {
        JsonTensors reader = new JsonTensors(failure);
        reader.flatten(value, 0);
        long[] shape = reader.dims.stream().mapToLong(Long::longValue).toArray();
        if (shape.length == input.rank() - 1) {
            shape = LongStream.concat(LongStream.of(1), LongStream.of(shape)).toArray();
        }
        if (shape.length != input.rank() && input.rank() > 0) {
            throw failure.apply("expected numbers nested " + input.rank() + " deep, got " + shape.length);
        }
        return reader.toTensor(Objects.requireNonNull(input.dtype()), Shape.of(shape));
    }

    private void flatten(JsonValue value, int depth) {
        if (!(value instanceof JsonArray array)) {
            if (depth != dims.size()) {
                throw failure.apply("some numbers are nested deeper than others");
            }
            leaves.add(value);
            return;
        }
        long length = array.items().size();
        if (depth == dims.size() && leaves.isEmpty()) {
            dims.add(length);
        } else if (depth >= dims.size() || dims.get(depth) != length) {
            throw failure.apply("rows of different lengths");
        }
        array.items().forEach(item -> flatten(item, depth + 1));
    }

    private HostTensor toTensor(DType dtype, Shape shape) {
        if (dtype.isFloat()) {
            double[] values = leaves.stream().mapToDouble(this::toDouble).toArray();
            return HostTensor.ofDoubles(dtype, shape, values);
        }
        long[] values = leaves.stream().mapToLong(this::toLong).toArray();
        HostTensor tensor = HostTensor.ofIntegers(dtype, shape, values);
        if (!Arrays.equals(tensor.toLongs(), values)) {
            throw failure.apply("a number is beyond the range of " + dtype.displayName());
        }
        return tensor;
    }

    private double toDouble(JsonValue value) {
        if (value instanceof JsonNumber number) {
            return number.toDouble();
        }
        throw failure.apply("expected a number, got " + value.kind());
    }

    private long toLong(JsonValue value) {
        if (value instanceof JsonBoolean flag) {
            return flag.value() ? 1 : 0;
        }
        if (value instanceof JsonNumber number) {
            return number.toLong().orElseThrow(() -> failure.apply("expected a whole number, got " + number.digits()));
        }
        throw failure.apply("expected a whole number, got " + value.kind());
    }
}
