package dev.graft.training.run;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.json.JsonValue.JsonArray;
import dev.graft.adapter.format.json.JsonValue.JsonNumber;
import dev.graft.adapter.format.json.JsonValue.JsonObject;
import dev.graft.adapter.format.json.JsonValue.JsonText;
import dev.graft.adapter.format.json.StrictJson;
import dev.graft.error.ErrorCode;
import dev.graft.error.Location;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What transformers' Trainer did, from the resource that {@code src/test/scripts/run_goldens.py} writes. */
record Goldens(JsonObject object) {
    static final int CLASSES = 3;
    static final int FEATURES = 4;
    static final int RANK = 2;

    static Goldens read() {
        InputStream stream = Objects.requireNonNull(Goldens.class.getResourceAsStream("goldens.json"));
        try (StrictJson json = new StrictJson(stream, ErrorCode.JSON_MALFORMED, Location.NONE)) {
            return new Goldens((JsonObject) json.readValue());
        }
    }

    Goldens at(String key) {
        return new Goldens((JsonObject) value(key));
    }

    List<Goldens> objects(String key) {
        return ((JsonArray) value(key))
                .items().stream().map(item -> new Goldens((JsonObject) item)).toList();
    }

    String text(String key) {
        return ((JsonText) value(key)).value();
    }

    double number(String key) {
        return ((JsonNumber) value(key)).toDouble();
    }

    double[] numbers(String key) {
        return numbers(value(key));
    }

    List<double[]> rows(String key) {
        return ((JsonArray) value(key)).items().stream().map(Goldens::numbers).toList();
    }

    float[] floats(String key) {
        double[] values = numbers(key);
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    LinearEngine engine() {
        float[] parameters = new float[RANK * FEATURES + CLASSES * RANK + CLASSES];
        int at = 0;
        for (String name : List.of("lora_A", "lora_B", "bias")) {
            float[] part = at("values").floats(name);
            System.arraycopy(part, 0, parameters, at, part.length);
            at += part.length;
        }
        return new LinearEngine(at("values").floats("weight"), parameters, CLASSES, RANK, 0);
    }

    Rows training() {
        return rows("x", "labels", 2);
    }

    Rows evaluation() {
        return rows("eval_x", "eval_labels", 4);
    }

    private Rows rows(String x, String labels, int batchSize) {
        long[] classes = Stream.of(at("values").numbers(labels))
                .flatMapToLong(values -> java.util.Arrays.stream(values).mapToLong(value -> (long) value))
                .toArray();
        return new Rows(at("values").floats(x), classes, FEATURES, batchSize);
    }

    private JsonValue value(String key) {
        return Objects.requireNonNull(object.members().get(key), key);
    }

    private static double[] numbers(JsonValue array) {
        return ((JsonArray) array)
                .items().stream()
                        .mapToDouble(item -> ((JsonNumber) item).toDouble())
                        .toArray();
    }
}
