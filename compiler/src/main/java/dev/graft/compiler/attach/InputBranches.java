package dev.graft.compiler.attach;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Attaches branches whose A and B are graph inputs; with the defaults of rank 0 they add exact zeros. */
final class InputBranches {
    private final GraphEditor editor;
    private final InputSlots slots;

    InputBranches(GraphEditor editor, InputSlots slots) {
        this.editor = editor;
        this.slots = slots;
    }

    /** Attaches to one place. */
    String attach(Place place) {
        if (place.kind() == SiteKind.CONV) {
            return new InputConvolutions(editor, slots).attach(place);
        }
        boolean table = place.kind() == SiteKind.GATHER;
        if (!table) {
            requireSupported(place);
        }
        boolean addend = !table && LinearForms.isGemm(place) && coversAll(place) && place.gains() == null;
        return addend ? attachAddend(place) : attachBranch(place, table);
    }

    /** {@code Gemm(x, W, Gemm(x·A, B, c))}. */
    private String attachAddend(Place place) {
        Node node = place.node();
        Term first = place.terms().get(0);
        InputSlots.Pair pair = pair(place, first.module(), place.terms());
        GraphBuilder g = editor.before(node).source("lora of " + first.module());
        Value product = g.named(first.module() + "/lora_A").matMul(place.input(), pair.a());
        Value bias = node.input(2);
        List<Value> inputs = bias == null ? List.of(product, pair.b()) : List.of(product, pair.b(), bias);
        List<Attribute> factors = List.of(
                Attribute.of("alpha", node.floatAttribute("alpha", 1)),
                Attribute.of("beta", node.floatAttribute("beta", 1)));
        Value branch = g.named(first.module() + "/lora_B").node("Gemm", "", inputs, factors);
        LinearForms.setAddend(editor, node, branch);
        return "addend";
    }

    /** {@code x·W + x·A·B}, or {@code E[i] + A[i]·B} for a table. */
    private String attachBranch(Place place, boolean table) {
        Node node = place.node();
        String module = BranchNames.of(place.terms());
        Value output = node.output(0);
        Value base = editor.divertOutput(node, 0, output.name() + "_base");
        GraphBuilder g = editor.after(node).named(module + "/lora").source("lora of " + module);
        Value scaled = new InputGains(slots).apply(g, place, base);
        List<Value> parts = new ArrayList<>();
        int done = 0;
        for (Map.Entry<Integer, List<Term>> block : blocks(place).entrySet()) {
            addZeros(g, place, block.getKey() - done, parts);
            parts.add(delta(g, place, block.getValue(), table));
            done = block.getKey() + block.getValue().get(0).outputs();
        }
        addZeros(g, place, place.outputs() - done, parts);
        Value delta = parts.size() == 1 ? parts.get(0) : g.concat(-1, parts);
        g.nodeFor(output, "Add", "", List.of(scaled, delta), List.of());
        return table ? "lookup" : "branch";
    }

    private Value delta(GraphBuilder g, Place place, List<Term> terms, boolean table) {
        String module = terms.get(0).module();
        InputSlots.Pair pair = pair(place, module, terms);
        g.named(module + "/lora_A");
        Value product = table ? g.gather(pair.a(), place.input(), 0) : g.matMul(place.input(), pair.a());
        g.named(module + "/lora_B");
        float alpha = place.node().is(GraphBuilder.MICROSOFT, "FusedMatMul")
                ? place.node().floatAttribute("alpha", 1)
                : 1;
        return alpha == 1
                ? g.matMul(product, pair.b())
                : g.node(
                        "FusedMatMul",
                        GraphBuilder.MICROSOFT,
                        List.of(product, pair.b()),
                        List.of(Attribute.of("alpha", alpha)));
    }

    /** A gap in a packed product: the branch of a module that no adapter can have. */
    private static void addZeros(GraphBuilder g, Place place, int width, List<Value> parts) {
        if (width > 0) {
            Value a = g.initializer("no_lora_A", empty("no_lora_A", place, inputs(place), 0));
            Value b = g.initializer("no_lora_B", empty("no_lora_B", place, 0, width));
            parts.add(g.matMul(g.matMul(place.input(), a), b));
        }
    }

    private static Tensor empty(String name, Place place, long rows, long columns) {
        return new Matrix(rows, columns).toTensor(name, place.dtype());
    }

    private static long inputs(Place place) {
        return place.terms().get(0).view().inputs();
    }

    private InputSlots.Pair pair(Place place, String module, List<Term> terms) {
        boolean table = place.kind() == SiteKind.GATHER;
        long in = table ? place.site().weight().outputs() : inputs(place);
        long out = terms.get(0).outputs();
        InputSlots.Pair pair = slots.addPair(module, place.dtype(), new long[] {in, 0}, 1, new long[] {0, out}, 0);
        Factors factors = null;
        for (Term term : terms) {
            if (term.rank() > 0) {
                Factors next = new Factors(term.a(), term.b());
                factors = factors == null ? next : factors.and(next);
            }
        }
        if (factors != null) {
            slots.setPair(
                    pair, factors.a().toTensor("A", place.dtype()), factors.b().toTensor("B", place.dtype()));
        }
        return pair;
    }

    /** The terms by their first output, in order. */
    private static Map<Integer, List<Term>> blocks(Place place) {
        Map<Integer, List<Term>> blocks = new TreeMap<>();
        place.terms()
                .forEach(term -> blocks.computeIfAbsent(term.firstOutput(), any -> new ArrayList<>())
                        .add(term));
        return blocks;
    }

    private static boolean coversAll(Place place) {
        return blocks(place).size() == 1 && place.terms().get(0).outputs() == place.outputs();
    }

    private static void requireSupported(Place place) {
        LinearForms.requireSupported(place);
        if (LinearForms.isAttention(place) || place.site().weightInput() == 0) {
            throw place.unsupported(
                    "style input needs a product x·W of its own, this is "
                            + place.node().opType()
                            + (place.site().weightInput() == 0 ? " with the weight on the left" : ""),
                    "Use --style constant, or merge.");
        }
    }
}
