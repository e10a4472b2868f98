package dev.graft.cli.command;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Records as JSON for machines: names with underscores, paths and shapes as people write them, and null for a number that
 * JSON has no word for.
 */
public final class Json {
    private static final Gson GSON = builder().setPrettyPrinting().create();
    private static final Gson IN_ONE_LINE = builder().create();

    private Json() {}

    private static GsonBuilder builder() {
        return new GsonBuilder()
                .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
                .serializeNulls()
                .registerTypeHierarchyAdapter(Path.class, text(Path.class))
                .registerTypeAdapter(DType.class, (JsonSerializer<DType>)
                        (type, declared, context) -> new JsonPrimitive(type.displayName()))
                .registerTypeAdapter(Shape.class, (JsonSerializer<Shape>)
                        (shape, type, context) -> context.serialize(shape.toArray()))
                .registerTypeHierarchyAdapter(Optional.class, (JsonSerializer<Optional<?>>) (value, type, context) ->
                        value.isPresent() ? context.serialize(value.get()) : JsonNull.INSTANCE)
                .registerTypeAdapter(OptionalDouble.class, (JsonSerializer<OptionalDouble>)
                        (value, type, context) -> value.isPresent() ? number(value.getAsDouble()) : JsonNull.INSTANCE)
                .registerTypeAdapter(OptionalLong.class, (JsonSerializer<OptionalLong>) (value, type, context) ->
                        value.isPresent() ? new JsonPrimitive(value.getAsLong()) : JsonNull.INSTANCE)
                .registerTypeAdapter(Double.class, number())
                .registerTypeAdapter(double.class, number());
    }

    /** The document in one line. */
    static String writeLine(Object value) {
        return IN_ONE_LINE.toJson(value);
    }

    /** The document. */
    public static String write(Object value) {
        return GSON.toJson(value);
    }

    private static <T> JsonSerializer<T> text(Class<T> type) {
        return (value, declared, context) -> new JsonPrimitive(type.cast(value).toString());
    }

    private static JsonSerializer<Double> number() {
        return (value, type, context) -> number(value);
    }

    private static JsonElement number(double value) {
        return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
    }
}
