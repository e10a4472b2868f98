package dev.graft.cli.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.graft.io.TemporaryFolder;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Where the time of a step goes, from ONNX Runtime's profile of the training graph; seconds.
 *
 * @param parts the forward pass, loss, backward pass, the vector of trainable values, and the rest: optimiser, Java and scheduling
 * @param operators by operator, the most expensive first
 */
public record StepBreakdown(Map<String, Double> parts, Map<String, Double> operators) {
    private static final int OPERATORS = 8;
    private static final double MICROSECONDS = 1e6;

    /**
     * A profiled run.
     *
     * @param file what ONNX Runtime wrote
     * @param wallSeconds of a whole step
     */
    record Profiled(Path file, double wallSeconds) {}

    /** Runs with a profile, which goes away again. */
    static StepBreakdown of(Function<Path, Profiled> run) {
        try (TemporaryFolder folder = TemporaryFolder.create("bench")) {
            Profiled profiled = run.apply(folder.path().resolve("step"));
            try (Reader reader = Files.newBufferedReader(profiled.file())) {
                return read(JsonParser.parseReader(reader), profiled.wallSeconds());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StepBreakdown read(JsonElement events, double wall) {
        Map<String, Double> parts = new LinkedHashMap<>();
        for (String part : new String[] {"forward", "loss", "backward", "vector"}) {
            parts.put(part, 0.0);
        }
        Map<String, Double> operators = new LinkedHashMap<>();
        int runs = 0;
        for (JsonElement element : events.getAsJsonArray()) {
            JsonObject event = element.getAsJsonObject();
            String name = event.get("name").getAsString();
            runs += name.equals("model_run") ? 1 : 0;
            if (name.endsWith("_kernel_time")) {
                double seconds = event.get("dur").getAsDouble() / MICROSECONDS;
                String operator = event.getAsJsonObject("args").get("op_name").getAsString();
                parts.merge(part(name), seconds, Double::sum);
                operators.merge(operator, seconds, Double::sum);
            }
        }
        int count = Math.max(1, runs);
        parts.replaceAll((part, seconds) -> seconds / count);
        double kernels =
                parts.values().stream().mapToDouble(Double::doubleValue).sum();
        parts.put("optimiser, Java, scheduling", Math.max(0, wall - kernels));
        return new StepBreakdown(parts, largest(operators, count));
    }

    private static String part(String node) {
        if (node.startsWith("gradient/")) {
            return "backward";
        }
        if (node.startsWith("graft/loss")) {
            return "loss";
        }
        return node.startsWith("graft/parameters") || node.startsWith("graft/gradient") ? "vector" : "forward";
    }

    private static Map<String, Double> largest(Map<String, Double> operators, int runs) {
        Map<String, Double> largest = new LinkedHashMap<>();
        operators.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .limit(OPERATORS)
                .forEach(entry -> largest.put(entry.getKey(), entry.getValue() / runs));
        return largest;
    }
}
