package dev.graft.runtime.session;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.IoReason;
import dev.graft.tensor.DType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a model's overridable inputs from its file, because ONNX Runtime's Java API does not list them.
 *
 * <p>Only the names, types and shapes of graph inputs and initializers are read; everything else is stepped over. Field numbers are
 * those of onnx-ml.proto. In files of IR version 3 every initializer has to be a graph input too, so there it means nothing: ONNX
 * Runtime takes them for constants.
 */
final class OverridableInputReader {
    private static final int FIRST_IR_VERSION = 4;

    private final Map<String, ValueDescription> inputs = new LinkedHashMap<>();
    private final Map<String, List<Long>> initializers = new LinkedHashMap<>();
    private long irVersion;

    private OverridableInputReader() {}

    /** The overridable inputs of a model file that ONNX Runtime has accepted, by name in the order of the file. */
    static Map<String, OverridableInput> read(Path file) {
        OverridableInputReader reader = new OverridableInputReader();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            reader.readModel(WireCursor.ofFile(channel, file));
        } catch (IOException e) {
            throw new GraftException(
                    ErrorCode.IO_FAILED,
                    "cannot read the model again: " + IoReason.of(e),
                    Location.ofFile(file),
                    "Keep the model's file in place while it is in use.",
                    e);
        }
        return reader.overridable();
    }

    private Map<String, OverridableInput> overridable() {
        Map<String, OverridableInput> found = new LinkedHashMap<>();
        if (irVersion >= FIRST_IR_VERSION) {
            inputs.forEach((name, value) -> {
                List<Long> standard = initializers.get(name);
                if (standard != null) {
                    found.put(name, new OverridableInput(value, standard));
                }
            });
        }
        return found;
    }

    private void readModel(WireCursor model) throws IOException {
        while (model.next()) {
            if (model.field() == 1 && model.isVarint()) {
                irVersion = model.value();
            } else if (model.field() == 7 && model.isDelimited()) {
                readGraph(model.message());
            }
        }
    }

    private void readGraph(WireCursor graph) throws IOException {
        while (graph.next()) {
            if (graph.field() == 5 && graph.isDelimited()) {
                readInitializer(graph.message());
            } else if (graph.field() == 11 && graph.isDelimited()) {
                ValueDescription input = readInput(graph.message());
                inputs.put(input.name(), input);
            }
        }
    }

    private void readInitializer(WireCursor tensor) throws IOException {
        String name = "";
        List<Long> dims = new ArrayList<>();
        while (tensor.next()) {
            if (tensor.field() == 1 && tensor.isVarint()) {
                dims.add(tensor.value());
            } else if (tensor.field() == 1 && tensor.isDelimited()) {
                WireCursor packed = tensor.message();
                while (packed.hasMore()) {
                    dims.add(packed.readVarint());
                }
            } else if (tensor.field() == 8 && tensor.isDelimited()) {
                name = tensor.string();
            }
        }
        initializers.put(name, dims);
    }

    private static ValueDescription readInput(WireCursor input) throws IOException {
        String name = "";
        ValueDescription type = new ValueDescription("", null, List.of());
        while (input.next()) {
            if (input.field() == 1 && input.isDelimited()) {
                name = input.string();
            } else if (input.field() == 2 && input.isDelimited()) {
                type = readType(input.message());
            }
        }
        return new ValueDescription(name, type.dtype(), type.dims());
    }

    private static ValueDescription readType(WireCursor type) throws IOException {
        DType dtype = null;
        List<Dimension> dims = List.of();
        while (type.next()) {
            if (type.field() == 1 && type.isDelimited()) {
                WireCursor tensor = type.message();
                while (tensor.next()) {
                    if (tensor.field() == 1 && tensor.isVarint()) {
                        dtype = DType.ofOnnxNumber(tensor.value()).orElse(null);
                    } else if (tensor.field() == 2 && tensor.isDelimited()) {
                        dims = readShape(tensor.message());
                    }
                }
            }
        }
        return new ValueDescription("", dtype, dims);
    }

    private static List<Dimension> readShape(WireCursor shape) throws IOException {
        List<Dimension> dims = new ArrayList<>();
        while (shape.next()) {
            if (shape.field() == 1 && shape.isDelimited()) {
                dims.add(readDimension(shape.message()));
            }
        }
        return dims;
    }

    private static Dimension readDimension(WireCursor dimension) throws IOException {
        @Nullable Long length = null;
        String symbol = "";
        while (dimension.next()) {
            if (dimension.field() == 1 && dimension.isVarint()) {
                length = dimension.value();
            } else if (dimension.field() == 2 && dimension.isDelimited()) {
                symbol = dimension.string();
            }
        }
        return length == null ? new Dimension.Symbolic(symbol) : new Dimension.Fixed(length);
    }
}
