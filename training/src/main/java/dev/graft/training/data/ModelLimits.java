package dev.graft.training.data;

import dev.graft.compiler.scan.GraphIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.scan.ValueIndex;
import dev.graft.runtime.inputs.InputRole;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What a model's file says of the data that it takes, so that data can be refused with their place. ONNX Runtime would stop in the middle of a run and name a
 * node of the training graph, or not stop at all: to it -1 is the last class.
 *
 * @param file the model's
 * @param inputs by name
 * @param tables by input, how many rows the table has that its elements are looked up in
 * @param positions how many tokens of a row have one, where the file tells
 * @param output what the loss is of, where it is of labels
 * @param width its last dimension, where the file tells
 */
record ModelLimits(
        Path file,
        Map<String, ValueDescription> inputs,
        Map<String, Long> tables,
        OptionalLong positions,
        Optional<ValueDescription> output,
        OptionalLong width) {
    /** Those of a model; none where there is no such file, which whoever builds the training graph says. */
    static ModelLimits of(Path file) {
        if (!Files.isRegularFile(file)) {
            return new ModelLimits(
                    file, Map.of(), Map.of(), OptionalLong.empty(), Optional.empty(), OptionalLong.empty());
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
        return new ModelLimits(file, inputs, lengths.tables(), positions(inputs, lengths), output, width);
    }

    private static OptionalLong positions(Map<String, ValueDescription> inputs, StoredLengths lengths) {
        LongStream tables = inputs.values().stream()
                .filter(input -> InputRole.of(input) == InputRole.POSITION_IDS)
                .flatMap(input -> Stream.ofNullable(lengths.tables().get(input.name())))
                .mapToLong(Long::longValue);
        return LongStream.concat(tables, lengths.rotations().stream()).min();
    }

    /** The same, where a configuration or the file tells how many tokens of a row have a position. */
    ModelLimits withPositions(OptionalLong known) {
        return new ModelLimits(file, inputs, tables, known, output, width);
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
                        .min(),
                positions);
    }

    /** What tokens a language model takes and foretells. */
    TokenLimit foretoldTokens() {
        long taken = tokens().tokens().orElse(Long.MAX_VALUE);
        long least = Math.min(taken, width.orElse(Long.MAX_VALUE));
        return new TokenLimit(file, least == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(least), positions);
    }

    /**
     * Whether numbers of a shape can be compared with the output: its own shape, or the same without or with dimensions of 1 where its dimensions tell that
     * nothing is put into another order.
     */
    boolean takesNumbers(Shape shape) {
        int rank = output.map(ValueDescription::rank).orElse(0);
        if (rank == 0) {
            return true;
        }
        List<Long> got = Arrays.stream(shape.toArray()).skip(1).boxed().toList();
        List<OptionalLong> wanted =
                IntStream.range(1, rank).mapToObj(this::length).toList();
        if (got.size() == wanted.size()) {
            return IntStream.range(0, got.size()).allMatch(i -> wanted.get(i).orElse(got.get(i)) == got.get(i));
        }
        List<Long> known =
                wanted.stream().flatMap(length -> length.stream().boxed()).toList();
        return known.size() == wanted.size() && withoutOnes(known).equals(withoutOnes(got));
    }

    private static List<Long> withoutOnes(List<Long> lengths) {
        return lengths.stream().filter(length -> length != 1).toList();
    }

    /** The length of a dimension of the output, where it is known. */
    private OptionalLong length(int axis) {
        List<Dimension> dims = output.orElseThrow().dims();
        if (dims.get(axis) instanceof Dimension.Fixed fixed) {
            return OptionalLong.of(fixed.length());
        }
        return axis == dims.size() - 1 ? width : OptionalLong.empty();
    }

    /** A shape of labels for a regression, of as many dimensions as the output has: the training graph has an input of that many, and gives them its lengths. */
    Shape shapeOfNumbers(Shape shape) {
        int rank = output.map(ValueDescription::rank).orElse(0);
        if (rank == 0 || rank == shape.rank()) {
            return shape;
        }
        long[] dims = new long[rank];
        Arrays.fill(dims, 1);
        dims[0] = shape.dim(0);
        if (rank > 1 && shape.dim(0) > 0) {
            dims[1] = shape.elements() / shape.dim(0);
        }
        return Shape.of(dims);
    }

    /** How many numbers the output has for each row, where its dimensions tell. */
    OptionalLong numbersOfRow() {
        long numbers = 1;
        int rank = output.map(ValueDescription::rank).orElse(0);
        for (int axis = 1; axis < rank; axis++) {
            OptionalLong length = length(axis);
            if (length.isEmpty()) {
                return length;
            }
            numbers *= length.getAsLong();
        }
        return rank == 0 ? OptionalLong.empty() : OptionalLong.of(numbers);
    }
}
