package dev.graft.training.run.checkpoint;

import dev.graft.adapter.format.safetensors.SafetensorsFile;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.adapter.format.safetensors.SafetensorsWriter;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.LossScale;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads and writes {@code engine.safetensors}. */
final class EngineStateFile {
    static final String NAME = "engine.safetensors";

    private static final String UPDATES = "updates";
    private static final String SCALE = "loss_scale";
    private static final String CALM = "loss_scale_updates";
    private static final String SKIPPED = "skipped_updates";
    private static final int WINDOW_BYTES = 1 << 20;

    private EngineStateFile() {}

    static void write(Path folder, EngineState state) {
        SafetensorsWriter.write(
                folder.resolve(NAME),
                metadata(state),
                List.of(
                        tensor("parameters", state.parameters()),
                        tensor("first_moment", state.firstMoment()),
                        tensor("second_moment", state.secondMoment()),
                        tensor("gradient", state.gradient())));
    }

    private static Map<String, String> metadata(EngineState state) {
        LossScale scale = state.scale();
        return Map.of(
                UPDATES, Long.toString(state.updates()),
                SCALE, Long.toString((long) scale.factor()),
                CALM, Long.toString(scale.calm()),
                SKIPPED, Long.toString(scale.skipped()));
    }

    private static Tensor tensor(String name, float[] values) {
        return new Tensor(name, DType.FLOAT32, Shape.of(values.length), new FloatBytes(values));
    }

    /** Reads a state of so many values; {@code CHECKPOINT_INVALID} or {@code SAFETENSORS_MALFORMED} if it is none. */
    static EngineState read(Path folder, long size) {
        Path file = folder.resolve(NAME);
        SafetensorsFile content = SafetensorsReader.read(file);
        return new EngineState(
                values(content, "parameters", size, file),
                values(content, "first_moment", size, file),
                values(content, "second_moment", size, file),
                values(content, "gradient", size, file),
                number(content, UPDATES, file),
                scale(content, file));
    }

    private static LossScale scale(SafetensorsFile content, Path file) {
        long factor = number(content, SCALE, file);
        if (Long.bitCount(factor) != 1) {
            throw invalid("expected '" + SCALE + "' to be a power of two, got " + factor, file);
        }
        return new LossScale(factor, number(content, CALM, file), number(content, SKIPPED, file));
    }

    private static float[] values(SafetensorsFile content, String name, long size, Path file) {
        Tensor tensor = content.tensors().get(name);
        Shape expected = Shape.of(size);
        if (tensor == null || tensor.dtype() != DType.FLOAT32 || !tensor.shape().equals(expected)) {
            String got = tensor == null ? "none" : tensor.dtype().displayName() + " " + tensor.shape();
            throw invalid("expected a tensor '" + name + "' of float32 " + expected + ", got " + got, file);
        }
        return floats(tensor);
    }

    private static float[] floats(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.shape().elements())];
        ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int perWindow = WINDOW_BYTES / Float.BYTES;
        for (int done = 0; done < values.length; done += perWindow) {
            int count = Math.min(perWindow, values.length - done);
            window.clear().limit(count * Float.BYTES);
            tensor.bytes().read((long) done * Float.BYTES, window);
            window.flip();
            window.asFloatBuffer().get(values, done, count);
        }
        return values;
    }

    private static long number(SafetensorsFile content, String key, Path file) {
        String text = content.metadata().getOrDefault(key, "");
        if (!text.matches("\\d{1,18}")) {
            throw invalid("expected the number '" + key + "', got '" + text + "'", file);
        }
        return Long.parseLong(text);
    }

    private static GraftException invalid(String what, Path file) {
        return new GraftException(
                ErrorCode.CHECKPOINT_INVALID,
                "not the state of this run's engine: " + what,
                Location.ofFile(file),
                "Remove this checkpoint to go on from the one before.");
    }
}
