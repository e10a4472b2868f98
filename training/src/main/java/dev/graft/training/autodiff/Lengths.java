package dev.graft.training.autodiff;

import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.training.types.GraphTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lengths that are known only at run time, read where that costs nothing: a symbol such as {@code sequence_length} that an input of
 * the graph has is read from that input. Asking an activation for its shape would keep it in memory until the backward pass.
 */
final class Lengths {
    private static final long INFERRED = -1;

    /** Where a symbol's length stands. */
    private record Source(Value input, int axis) {}

    private final Map<String, Source> sources = new HashMap<>();
    private final Map<String, Value> lengths = new HashMap<>();
    private final Map<List<Dim>, Value> shapes = new HashMap<>();

    Lengths(Graph graph, GraphTypes types) {
        for (Value input : graph.inputs()) {
            List<Dim> dims = types.type(input).flatMap(ValueType::dims).orElse(List.of());
            for (int axis = 0; axis < dims.size(); axis++) {
                if (dims.get(axis) instanceof Dim.Symbolic symbol
                        && !symbol.symbol().isEmpty()) {
                    sources.putIfAbsent(symbol.symbol(), new Source(input, axis));
                }
            }
        }
    }

    /** A shape as int64, if all its lengths are fixed or can be read from an input. */
    Optional<Value> shape(Formulas f, List<Dim> dims) {
        return dims.stream().allMatch(this::isKnown)
                ? Optional.of(shapes.computeIfAbsent(dims, any -> written(f, dims)))
                : Optional.empty();
    }

    /** The same for a Reshape, which infers one length that is not known; none of the others may be 0 then. */
    Optional<Value> target(Formulas f, List<Dim> dims) {
        long unknown = dims.stream().filter(dim -> !isKnown(dim)).count();
        boolean hasZero = dims.contains(new Dim.Fixed(0));
        return unknown == 1 && !hasZero ? Optional.of(written(f, dims)) : Optional.empty();
    }

    private boolean isKnown(Dim dim) {
        return dim instanceof Dim.Fixed || dim instanceof Dim.Symbolic symbol && sources.containsKey(symbol.symbol());
    }

    private Value written(Formulas f, List<Dim> dims) {
        List<Value> parts = new ArrayList<>();
        List<Long> fixed = new ArrayList<>();
        for (Dim dim : dims) {
            if (dim instanceof Dim.Symbolic symbol && isKnown(dim)) {
                flush(f, fixed, parts);
                parts.add(lengths.computeIfAbsent(symbol.symbol(), name -> read(f, name)));
            } else {
                fixed.add(dim instanceof Dim.Fixed length ? length.length() : INFERRED);
            }
        }
        if (!fixed.isEmpty() || parts.isEmpty()) {
            parts.add(f.ints(fixed.stream().mapToLong(Long::longValue).toArray()));
        }
        return parts.size() == 1 ? parts.get(0) : f.builder().concat(0, parts);
    }

    private static void flush(Formulas f, List<Long> fixed, List<Value> parts) {
        if (!fixed.isEmpty()) {
            parts.add(f.ints(fixed.stream().mapToLong(Long::longValue).toArray()));
            fixed.clear();
        }
    }

    private Value read(Formulas f, String symbol) {
        Source source = java.util.Objects.requireNonNull(sources.get(symbol));
        return f.at(f.shape(source.input()), source.axis());
    }
}
