package dev.graft.training.types;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Function;

/**
 * What has to be said of an operator's output.
 *
 * @param operator the operator whose rule it is
 * @param said the dimensions and, behind a colon, the elements
 * @param build writes the operator and what leads to it, and returns its output
 */
record Row(String operator, String said, Function<SmallModel, Value> build) {
    static Row row(String operator, String said, Function<SmallModel, Value> build) {
        return new Row(operator, said, build);
    }

    static Attribute attribute(String name, long value) {
        return Attribute.of(name, value);
    }

    static Attribute attribute(String name, String value) {
        return Attribute.of(name, value);
    }

    static Attribute attribute(String name, TensorData value) {
        return Attribute.of(name, value);
    }

    /** One dimension of an input of these, as a list of one. */
    static Value dim(SmallModel m, String dims, long axis) {
        return m.op("Gather", m.shape(m.x(dims)), m.ints(axis));
    }

    /** An int64 tensor [1]. */
    static Tensor longs(long value) {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
        return new Tensor("value", DType.INT64, Shape.of(1), ByteSource.ofArray(bytes));
    }

    @Override
    public String toString() {
        return operator + " -> " + said;
    }
}
