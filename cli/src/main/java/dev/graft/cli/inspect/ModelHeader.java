package dev.graft.cli.inspect;

import dev.graft.cli.text.Numbers;
import dev.graft.cli.text.Table;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ValueIndex;
import dev.graft.compiler.scan.ValueIndex.Dim;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a model is, apart from its targets.
 *
 * @param path the model file
 * @param bytes its size
 * @param dataFiles the files of its external data
 * @param producer who exported it
 * @param irVersion its IR version
 * @param opsets operator sets by domain
 * @param nodes nodes of its main graph
 * @param inputs inputs without a default
 * @param outputs outputs
 * @param warnings what is odd but harmless
 */
record ModelHeader(
        Path path,
        long bytes,
        List<Path> dataFiles,
        String producer,
        long irVersion,
        Map<String, Long> opsets,
        int nodes,
        List<Value> inputs,
        List<Value> outputs,
        List<String> warnings) {
    /**
     * An input or output.
     *
     * @param name its name
     * @param type number format and dimensions
     */
    record Value(String name, String type) {}

    static ModelHeader of(ModelIndex model) {
        List<Value> inputs = model.graph().inputs().stream()
                .filter(input -> !model.graph().initializers().containsKey(input.name()))
                .map(ModelHeader::describe)
                .toList();
        return new ModelHeader(
                model.file(),
                model.fileSize(),
                List.copyOf(model.dataFiles().values()),
                model.producer(),
                model.irVersion(),
                model.opsets(),
                model.graph().nodes().size(),
                inputs,
                model.graph().outputs().stream().map(ModelHeader::describe).toList(),
                model.warnings());
    }

    /** As a person reads it. */
    String toText(int width) {
        Table table = Table.withoutHeader(2)
                .row("model", path + ", " + Numbers.bytes(bytes))
                .row("exported by", producer.isBlank() ? "unknown" : producer)
                .row("opset", opsetsInWords() + ", IR version " + irVersion)
                .row("nodes", Integer.toString(nodes));
        dataFiles.forEach(file -> table.row("data file", String.valueOf(file.getFileName())));
        return table.toText(width) + "\n" + values("input", inputs, width) + "\n" + values("output", outputs, width);
    }

    private static String values(String title, List<Value> values, int width) {
        Layers layers = new Layers(true);
        values.forEach(value -> layers.add(value.name(), value.type()));
        return layers.into(Table.of(title, "count", "type").right(1)).toText(width);
    }

    private String opsetsInWords() {
        return opsets.entrySet().stream()
                .map(entry -> entry.getKey().isEmpty()
                        ? entry.getValue().toString()
                        : entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    private static Value describe(ValueIndex value) {
        String type = value.dtype() == null ? "?" : value.dtype().displayName();
        return new Value(
                value.name(), type + " " + value.dims().map(ModelHeader::dims).orElse("[...]"));
    }

    private static String dims(List<Dim> dims) {
        return dims.stream().map(ModelHeader::dim).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String dim(Dim dim) {
        if (dim instanceof Dim.Fixed fixed) {
            return Long.toString(fixed.length());
        }
        String symbol = ((Dim.Symbolic) dim).symbol();
        return symbol.isEmpty() ? "?" : symbol;
    }
}
