package dev.graft.training.types;

import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a graph, in order, that finds what ONNX Runtime did not: dimensions, and the elements of the small tensors that shapes
 * are computed with. Either needs the other: a Reshape's shape is its target's elements, a Shape's elements are its input's shape.
 */
final class Propagation {
    private static final Map<String, Rule.Inference> SHAPES = table(
            ElementwiseShapes.RULES,
            LayoutShapes.RULES,
            PartShapes.RULES,
            ProductShapes.RULES,
            ReductionShapes.RULES,
            WindowShapes.RULES,
            FusedShapes.RULES);
    private static final Map<String, Rule.Inference> ELEMENTS = table(ElementRules.RULES, ListRules.RULES);

    private final Facts facts;
    private final Set<Symbol> contract = new HashSet<>();

    private Propagation(Facts facts) {
        this.facts = facts;
    }

    /** @param given the types that ONNX Runtime says, of inputs and initializers too */
    static Facts through(Graph graph, Map<Value, ValueType> given) {
        Facts facts = new Facts(given);
        Propagation propagation = new Propagation(facts);
        graph.inputs().forEach(propagation::input);
        for (Value value : graph.initializers()) {
            if (!value.isGraphInput()) {
                propagation.constant(value);
            }
        }
        graph.nodes().forEach(propagation::visit);
        return facts;
    }

    /** The names of the inputs' dimensions are the model's word for what is equal: as long on all inputs. */
    private void input(Value input) {
        facts.given(input).flatMap(ValueType::dims).ifPresent(dims -> {
            List<Length> lengths = dims.stream().map(facts::length).toList();
            lengths.forEach(length -> length.symbol().ifPresent(contract::add));
            facts.setDims(input, lengths);
        });
    }

    private void constant(Value value) {
        value.constant().ifPresent(data -> {
            facts.setDims(
                    value,
                    LongStream.of(data.shape().toArray()).mapToObj(Length::of).toList());
            attempt(() -> facts.readConstant(value, data));
        });
    }

    private void visit(Node node) {
        if (node.is("Constant") && node.output(0).constant().isPresent()) {
            constant(node.output(0));
            return;
        }
        NodeFacts n = new NodeFacts(node, facts);
        infer(SHAPES, node, n);
        infer(ELEMENTS, node, n);
        for (int i = 0; i < node.outputs().size(); i++) {
            Value output = node.outputs().get(i);
            if (output != null && facts.given(output).isPresent()) {
                conclude(output, Optional.ofNullable(n.givenDims(i)), n.givenIntegers(i));
            }
        }
    }

    private static void infer(Map<String, Rule.Inference> table, Node node, NodeFacts n) {
        Rule.Inference rule = table.get(operator(node));
        if (rule != null) {
            attempt(() -> rule.infer(n));
        }
    }

    private static String operator(Node node) {
        boolean standard = node.domain().isEmpty() || node.domain().equals("ai.onnx");
        return standard ? node.opType() : node.domain() + "." + node.opType();
    }

    private static void attempt(Runnable inference) {
        try {
            inference.run();
        } catch (NotKnown e) {
            // what was not given stays as ONNX Runtime has it
        }
    }

    private void conclude(Value output, Optional<List<Length>> own, @Nullable KnownIntegers elements) {
        Optional<List<Dim>> told = facts.given(output).flatMap(ValueType::dims);
        Optional<List<Length>> agreed =
                own.filter(dims -> told.isEmpty() || told.get().size() == dims.size());
        if (told.isEmpty() && agreed.isEmpty()) {
            return;
        }
        int rank = told.map(List::size).orElseGet(() -> agreed.orElseThrow().size());
        boolean fits = elements != null && elements.rank() == rank;
        List<Length> dims = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            int at = axis;
            Optional<Length> found = fits && elements != null
                    ? Optional.of(Length.of(elements.size()))
                    : agreed.map(lengths -> lengths.get(at));
            dims.add(length(output, axis, told.map(list -> list.get(at)), found));
        }
        facts.setDims(output, dims);
        boolean sized = dims.isEmpty() || elements != null && dims.get(0).is(elements.size());
        if (fits && sized && elements != null) {
            attempt(() -> facts.setIntegers(output, elements));
        }
    }

    /**
     * A number that ONNX Runtime gives, else what was found here, else a name that it gives: one of the inputs' names, and not only
     * because the file says so of this value, which nothing checks.
     */
    private Length length(Value output, int axis, Optional<Dim> told, Optional<Length> found) {
        boolean vague = found.flatMap(Length::symbol)
                .map(symbol -> symbol.kind() == Symbol.Kind.FRESH)
                .orElse(found.isEmpty());
        if (told.isEmpty() || !(told.get() instanceof Dim.Fixed) && !vague) {
            return found.orElseGet(facts::fresh);
        }
        Length named = facts.length(told.get());
        boolean proven = told.get() instanceof Dim.Fixed
                || named.symbol().filter(contract::contains).isPresent() && !declares(output, axis, told.get());
        return proven ? named : found.orElseGet(facts::fresh);
    }

    private static boolean declares(Value output, int axis, Dim dim) {
        return output.type()
                .flatMap(ValueType::dims)
                .filter(dims -> axis < dims.size() && dims.get(axis).equals(dim))
                .isPresent();
    }

    @SafeVarargs
    private static Map<String, Rule.Inference> table(List<Rule>... rules) {
        return Stream.of(rules)
                .flatMap(List::stream)
                .collect(Collectors.toUnmodifiableMap(Rule::operator, Rule::inference));
    }
}
