package dev.graft.training.data;

import dev.graft.compiler.scan.GraphIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.scan.ValueIndex;
import dev.graft.runtime.inputs.InputRole;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.ValueDescription;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a model's file says of the data that it takes, so that data can be refused with their place. ONNX Runtime would stop in the middle of a run and name a
 * node of the training graph, or not stop at all: to it -1 is the last class.
 *
 * @param file the model's
 * @param inputs by name
 * @param tables by input, how many rows the table has that its elements are looked up in
 * @param output what the loss is of, where it is of labels
 * @param width its last dimension, where the file tells
 */
record ModelLimits(
        Path file,
        Map<String, ValueDescription> inputs,
        Map<String, Long> tables,
        Optional<ValueDescription> output,
        OptionalLong width) {
    /** Those of a model; none where there is no such file, which whoever builds the training graph says. */
    static ModelLimits of(Path file) {
        if (!Files.isRegularFile(file)) {
            return new ModelLimits(file, Map.of(), Map.of(), Optional.empty(), OptionalLong.empty());
        }
        GraphIndex graph = ModelScanner.scan(file).graph();
        Map<String, ValueDescription> inputs = new LinkedHashMap<>();
        for (ValueIndex input : graph.inputs()) {
            if (!graph.initializers().containsKey(input.name())) {
                inputs.put(input.name(), describe(input));
            }
        }
        StoredLengths lengths = new StoredLengths(graph);
        // the same choice as the training graph's
        Optional<ValueDescription> output = graph.outputs().stream()
                .filter(value -> value.dtype() == null || value.dtype().isFloat())
                .findFirst()
                .map(ModelLimits::describe);
        OptionalLong width = output.map(value -> width(value, lengths)).orElse(OptionalLong.empty());
        return new ModelLimits(file, inputs, lengths.tables(), output, width);
    }

    private static ValueDescription describe(ValueIndex value) {
        List<Dimension> dims = value.dims().orElse(List.of()).stream()
                .<Dimension>map(dim -> dim instanceof ValueIndex.Dim.Fixed fixed
                        ? new Dimension.Fixed(fixed.length())
                        : new Dimension.Symbolic(((ValueIndex.Dim.Symbolic) dim).symbol()))
                .toList();
        return new ValueDescription(value.name(), value.dtype(), dims);
    }

    private static OptionalLong width(ValueDescription output, StoredLengths lengths) {
        return output.rank() > 0 && output.dims().get(output.rank() - 1) instanceof Dimension.Fixed fixed
                ? OptionalLong.of(fixed.length())
                : lengths.width(output.name());
    }

    /** What tokens a model takes. */
    TokenLimit tokens() {
        return new TokenLimit(
                file,
                inputs.values().stream()
                        .filter(input -> InputRole.of(input) == InputRole.TOKEN_IDS)
                        .flatMap(input -> Optional.ofNullable(tables.get(input.name())).stream())
                        .mapToLong(Long::longValue)
                        .min());
    }

    /** What tokens a language model takes and foretells. */
    TokenLimit foretoldTokens() {
        long taken = tokens().tokens().orElse(Long.MAX_VALUE);
        long least = Math.min(taken, width.orElse(Long.MAX_VALUE));
        return new TokenLimit(file, least == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(least));
    }

    /** How many numbers the output has for each row, where its dimensions tell. */
    OptionalLong numbersOfRow() {
        long numbers = 1;
        int rank = output.map(ValueDescription::rank).orElse(0);
        for (int i = 1; i < rank; i++) {
            if (output.orElseThrow().dims().get(i) instanceof Dimension.Fixed fixed) {
                numbers *= fixed.length();
            } else if (i == rank - 1 && width.isPresent()) {
                numbers *= width.getAsLong();
            } else {
                return OptionalLong.empty();
            }
        }
        return rank == 0 ? OptionalLong.empty() : OptionalLong.of(numbers);
    }
}
