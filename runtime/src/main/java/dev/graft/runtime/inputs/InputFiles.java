package dev.graft.runtime.inputs;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.json.StrictJson;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.error.MissingFile;
import dev.graft.io.IoReason;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.Tensor;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a user's inputs.
 *
 * <p>A safetensors file is one sample: a tensor for each input, by name; tensors of other names are not inputs and are passed over. A
 * JSONL file is one sample a line: {@code {"input_ids": [1, 2, 3]}}, numbers nested as the input's dimensions are, where the batch of one
 * may be left out. Inputs that follow from the others may be absent.
 */
public final class InputFiles {
    private static final int LONGEST_LINE = 4 << 20;
    private static final int MOST_SAMPLES = 10_000;

    private final Path file;
    private final List<ValueDescription> inputs;
    private final SampleInputs completion;

    private InputFiles(Path file, List<ValueDescription> inputs, InputHints hints) {
        this.file = file;
        this.inputs = inputs;
        this.completion = SampleInputs.of(inputs, hints);
    }

    /**
     * The samples in a file, complete.
     *
     * @throws GraftException {@code INPUTS_INVALID}, {@code SAFETENSORS_MALFORMED}, {@code JSON_MALFORMED}, {@code FILE_NOT_FOUND}, {@code
     *     UNKNOWN_FORMAT}
     */
    public static List<Map<String, HostTensor>> read(Path file, List<ValueDescription> inputs, InputHints hints) {
        InputFiles reader = new InputFiles(file, inputs, hints);
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".safetensors")) {
            return List.of(reader.readSafetensors());
        }
        if (name.endsWith(".jsonl") || name.endsWith(".json")) {
            return reader.readLines();
        }
        throw new GraftException(
                ErrorCode.UNKNOWN_FORMAT,
                "expected inputs in a .safetensors or .jsonl file",
                Location.ofFile(file),
                "Write one JSON object a line, such as {\"input_ids\": [1, 2, 3]}.");
    }

    private Map<String, HostTensor> readSafetensors() {
        Map<String, Tensor> tensors = SafetensorsReader.read(file).tensors();
        Map<String, HostTensor> given = new LinkedHashMap<>();
        for (ValueDescription input : inputs) {
            Tensor tensor = tensors.get(input.name());
            if (tensor != null) {
                given.put(input.name(), HostTensor.of(tensor));
            }
        }
        return complete(given, 0);
    }

    private List<Map<String, HostTensor>> readLines() {
        if (!Files.exists(file)) {
            throw MissingFile.at(file);
        }
        List<Map<String, HostTensor>> samples = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            int number = 1;
            for (String line = readLine(reader); line != null; line = readLine(reader), number++) {
                if (!line.isBlank()) {
                    samples.add(readSample(line, number));
                }
                if (samples.size() > MOST_SAMPLES) {
                    throw invalid("more than " + MOST_SAMPLES + " samples", number);
                }
            }
        } catch (IOException e) {
            throw new GraftException(
                    ErrorCode.IO_FAILED, "cannot read the file: " + IoReason.of(e), Location.ofFile(file), "", e);
        }
        if (samples.isEmpty()) {
            throw invalid("the file holds no sample", 1);
        }
        return samples;
    }

    private Map<String, HostTensor> readSample(String line, int number) {
        byte[] utf8 = line.getBytes(StandardCharsets.UTF_8);
        Map<String, HostTensor> given = new LinkedHashMap<>();
        try (StrictJson json = new StrictJson(
                new ByteArrayInputStream(utf8), ErrorCode.JSON_MALFORMED, Location.ofNode(file, "line " + number))) {
            json.readObject(name -> given.put(name, readTensor(name, json.readValue(), number)));
            json.expectEnd();
        }
        return complete(given, number);
    }

    private HostTensor readTensor(String name, JsonValue value, int number) {
        for (ValueDescription input : inputs) {
            if (input.name().equals(name)) {
                return JsonTensors.read(input, value, problem -> invalid("input '" + name + "': " + problem, number));
            }
        }
        throw invalid(
                "the model has no input '" + name + "'; its inputs are "
                        + inputs.stream().map(ValueDescription::name).toList(),
                number);
    }

    private Map<String, HostTensor> complete(Map<String, HostTensor> given, int line) {
        try {
            return completion.complete(given);
        } catch (GraftException e) {
            throw new GraftException(e.code(), String.valueOf(e.getMessage()), location(line), e.remedy(), e);
        }
    }

    private GraftException invalid(String message, int line) {
        return new GraftException(
                ErrorCode.INPUTS_INVALID,
                message,
                location(line),
                "Write one JSON object a line with the model's inputs, such as {\"input_ids\": [1, 2, 3]}.");
    }

    private Location location(int line) {
        return line == 0 ? Location.ofFile(file) : Location.ofNode(file, "line " + line);
    }

    /** A line without its end, of a bounded length; null behind the last. */
    private @Nullable String readLine(Reader reader) throws IOException {
        StringBuilder line = new StringBuilder();
        int next = reader.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            line.append((char) next);
            if (line.length() > LONGEST_LINE) {
                throw invalid("a line of more than " + LONGEST_LINE + " characters", 0);
            }
            next = reader.read();
        }
        return line.toString();
    }
}
