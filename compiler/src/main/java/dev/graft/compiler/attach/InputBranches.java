package dev.graft.compiler.attach;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.SiteKind;
import java.util.List;

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
            LinearForms.requireProductOfItsOwn(place, "style input");
        }
        boolean addend = !table && LinearForms.isGemm(place) && OutputBlocks.coverAll(place) && place.gains() == null;
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
        Value delta = OutputBlocks.join(g, place, place.input(), terms -> delta(g, place, terms, table));
        g.nodeFor(output, "Add", "", List.of(scaled, delta), List.of());
        return table ? "lookup" : "branch";
    }

    private Value delta(GraphBuilder g, Place place, List<Term> terms, boolean table) {
        String module = terms.get(0).module();
        InputSlots.Pair pair = pair(place, module, terms);
        g.named(module + "/lora_A");
        Value product = table ? g.gather(pair.a(), place.input(), 0) : g.matMul(place.input(), pair.a());
        g.named(module + "/lora_B");
        return LinearForms.scaledProduct(g, place, product, pair.b());
    }

    private InputSlots.Pair pair(Place place, String module, List<Term> terms) {
        boolean table = place.kind() == SiteKind.GATHER;
        long in = table ? place.site().weight().outputs() : terms.get(0).view().inputs();
        long out = terms.get(0).outputs();
        InputSlots.Pair pair = slots.addPair(module, place.dtype(), new long[] {in, 0}, 1, new long[] {0, out}, 0);
        Factors factors = Factors.of(terms);
        if (factors != null) {
            slots.setPair(
                    pair, factors.a().toTensor("A", place.dtype()), factors.b().toTensor("B", place.dtype()));
        }
        return pair;
    }
}
