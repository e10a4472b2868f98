package dev.graft.compiler.ir;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A node's attribute.
 *
 * @param name its name
 * @param value its value
 * @param rest what else the file says of it, or null for one made here
 */
public record Attribute(
        String name, Payload value, @Nullable Unmodelled rest) {
    /** The value of an attribute. */
    public sealed interface Payload {}

    /** An integer. */
    public record IntValue(long value) implements Payload {}

    /** A float. */
    public record FloatValue(float value) implements Payload {}

    /** A string. */
    public record StringValue(String value) implements Payload {}

    /** Integers. */
    public record IntsValue(List<Long> values) implements Payload {}

    /** Floats. */
    public record FloatsValue(List<Float> values) implements Payload {}

    /** Strings. */
    public record StringsValue(List<String> values) implements Payload {}

    /** A tensor. */
    public record TensorValue(TensorData tensor) implements Payload {}

    /** Tensors. */
    public record TensorsValue(List<TensorData> tensors) implements Payload {}

    /** The bodies of a control-flow node: one graph, or several for {@code graphs}. */
    public record GraphsValue(List<Graph> graphs, boolean several) implements Payload {}

    /** In a function's body: the value is the calling node's attribute of that name. */
    public record Reference(String attribute) implements Payload {}

    /** Sparse tensors, types and bytes that are no text: carried along, not understood. */
    public record Opaque() implements Payload {}

    /** An integer. */
    public static Attribute of(String name, long value) {
        return new Attribute(name, new IntValue(value), null);
    }

    /** A float. */
    public static Attribute of(String name, float value) {
        return new Attribute(name, new FloatValue(value), null);
    }

    /** A string. */
    public static Attribute of(String name, String value) {
        return new Attribute(name, new StringValue(value), null);
    }

    /** Integers. */
    public static Attribute ofInts(String name, long... values) {
        return new Attribute(name, new IntsValue(LongStream.of(values).boxed().toList()), null);
    }

    /** Floats. */
    public static Attribute ofFloats(String name, Float... values) {
        return new Attribute(name, new FloatsValue(Arrays.asList(values)), null);
    }

    /** A tensor. */
    public static Attribute of(String name, TensorData value) {
        return new Attribute(name, new TensorValue(value), null);
    }

    /** The subgraphs it holds; none for other kinds. */
    public List<Graph> graphs() {
        return value instanceof GraphsValue bodies ? bodies.graphs() : List.of();
    }
}
