package dev.graft.adapter.format.peft;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.safetensors.SafetensorsWriter;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes small PEFT folders for tests: by default rank 2 on module {@code q}, 3 in, 4 out. */
final class PeftFolderBuilder {
    private final Path folder;
    private final Map<String, String> options = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    PeftFolderBuilder(Path folder) {
        this.folder = folder;
        option("peft_type", "\"LORA\"").option("r", "2").option("lora_alpha", "4");
        tensor("q.lora_A.weight", 2, 3).tensor("q.lora_B.weight", 4, 2);
    }

    /** A folder of a method with nothing in it. */
    static PeftFolderBuilder of(String type, Path folder) {
        PeftFolderBuilder empty = new PeftFolderBuilder(folder);
        empty.options.clear();
        empty.tensors.clear();
        return empty.option("peft_type", '"' + type + '"');
    }

    /** Sets an option, or removes it with an empty text. */
    PeftFolderBuilder option(String name, String json) {
        if (json.isEmpty()) {
            options.remove(name);
        } else {
            options.put(name, json);
        }
        return this;
    }

    /** Adds a tensor under PEFT's prefix, its elements 1, 2, 3 and so on. */
    PeftFolderBuilder tensor(String name, long... dims) {
        return tensorAs(PeftKey.PREFIX + name, dims);
    }

    PeftFolderBuilder tensorAs(String name, long... dims) {
        Shape shape = Shape.of(dims);
        float[] values = new float[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        tensors.put(name, Tensor.ofFloats(name, shape, values));
        return this;
    }

    /** Adds a tensor under PEFT's prefix, of these values. */
    PeftFolderBuilder values(String name, Shape shape, double... values) {
        return tensor(Tensor.ofDoubles(PeftKey.PREFIX + name, DType.FLOAT32, shape, values));
    }

    /** Adds a tensor under its own name. */
    PeftFolderBuilder tensor(Tensor tensor) {
        tensors.put(tensor.name(), tensor);
        return this;
    }

    PeftFolderBuilder without(String name) {
        tensors.remove(PeftKey.PREFIX + name);
        return this;
    }

    Path write() throws IOException {
        Files.createDirectories(folder);
        String json = options.entrySet().stream()
                .map(option -> "\"" + option.getKey() + "\": " + option.getValue())
                .collect(Collectors.joining(", ", "{", "}"));
        Files.writeString(folder.resolve("adapter_config.json"), json);
        SafetensorsWriter.write(folder.resolve("adapter_model.safetensors"), Map.of("format", "pt"), tensors.values());
        return folder;
    }

    Adapter read() throws IOException {
        return PeftReader.read(write(), false);
    }

    Adapter readStrictly() throws IOException {
        return PeftReader.read(write(), true);
    }
}
