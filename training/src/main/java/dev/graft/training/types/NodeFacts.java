package dev.graft.training.types;

import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A node as its rule sees it: what is known of the inputs, and a place for what follows for the outputs. What is missing is {@link NotKnown}. */
final class NodeFacts {
    private final Node node;
    private final Facts facts;
    private final Map<Integer, List<Length>> dims = new LinkedHashMap<>();
    private final Map<Integer, KnownIntegers> integers = new LinkedHashMap<>();

    NodeFacts(Node node, Facts facts) {
        this.node = node;
        this.facts = facts;
    }

    Node node() {
        return node;
    }

    boolean has(int input) {
        return node.input(input) != null;
    }

    /** The dimensions of an input. */
    List<Length> dims(int input) {
        return facts.dims(in(input)).orElseThrow(NotKnown::new);
    }

    /** The dimensions of an input that has so many. */
    List<Length> dims(int input, int rank) {
        List<Length> found = dims(input);
        if (found.size() != rank) {
            throw new NotKnown();
        }
        return found;
    }

    Optional<List<Length>> dimsIfKnown(int input) {
        return facts.dims(in(input));
    }

    /** The elements of an input, as far as they are known. */
    KnownIntegers integers(int input) {
        return facts.integers(in(input)).orElseThrow(NotKnown::new);
    }

    /** A list of numbers that is an attribute or, in later versions of the operator, an input; empty where the node has neither. */
    Optional<long[]> numbers(int input, String attribute) {
        Optional<List<Long>> written = node.intsAttribute(attribute);
        if (written.isPresent()) {
            return written.map(list -> list.stream().mapToLong(Long::longValue).toArray());
        }
        return has(input) ? Optional.of(integers(input).numbers().orElseThrow(NotKnown::new)) : Optional.empty();
    }

    long number(String attribute, long otherwise) {
        return node.intAttribute(attribute, otherwise);
    }

    boolean hasAttribute(String name) {
        return node.attribute(name).isPresent();
    }

    boolean isFloat(int input) {
        return facts.dtype(in(input)).map(DType::isFloat).orElseThrow(NotKnown::new);
    }

    int outputs() {
        return node.outputs().size();
    }

    /** A length of which nothing is known but that it is this one. */
    Length fresh() {
        return facts.fresh();
    }

    /** A length that is computed, or one of its own where it cannot be. */
    Length lengthOrFresh(Supplier<Length> length) {
        try {
            Length found = length.get();
            return found.number().orElse(0) < 0 ? fresh() : found;
        } catch (NotKnown e) {
            return fresh();
        }
    }

    /** Says the dimensions of an output. */
    void give(int output, List<Length> lengths) {
        dims.put(output, List.copyOf(lengths));
    }

    /** Says the elements of an output. */
    void give(int output, KnownIntegers elements) {
        integers.put(output, elements);
    }

    @Nullable
    List<Length> givenDims(int output) {
        return dims.get(output);
    }

    @Nullable
    KnownIntegers givenIntegers(int output) {
        return integers.get(output);
    }

    /** An axis that may count from the end, counted from the start. */
    static int axis(long axis, int rank) {
        long place = axis < 0 ? axis + rank : axis;
        if (place < 0 || place >= rank) {
            throw new NotKnown();
        }
        return (int) place;
    }

    private Value in(int input) {
        Value value = node.input(input);
        if (value == null) {
            throw new NotKnown();
        }
        return value;
    }
}
