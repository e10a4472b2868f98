package dev.graft.compiler.attach;

import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.resolve.SiteKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Attaches branches in which every row of a batch uses the factors of its own slot: {@code y + (x · A[slot]) · B[slot]}, x as [batch, steps,
 * in]. The base's product stays as it is, and a slot of zeros adds exact zeros.
 *
 * <p>Where x has another shape, such as [batch · steps, in] in front of a Gemm, it is looked at as [batch, steps, in], which copies nothing, once for all targets that
 * read it.
 */
final class BatchedBranches {
    private static final int BATCH_STEPS_WIDTH = 3;

    private final GraphEditor editor;
    private final StackInputs stacks;
    private final AdapterTensors adapter;
    private final Map<RowsKey, Value> rows = new HashMap<>();

    private record RowsKey(Value input, Graph graph) {}

    BatchedBranches(GraphEditor editor, StackInputs stacks, AdapterTensors adapter) {
        this.editor = editor;
        this.stacks = stacks;
        this.adapter = adapter;
    }

    /** Attaches to one place. */
    String attach(Place place) {
        requireSupported(place);
        String module = BranchNames.of(place.terms());
        Value input = place.input();
        int rank = rank(input);
        Value byRow = rank == BATCH_STEPS_WIDTH ? input : byRow(place);
        Node last = end(place, rank);
        Value output = last.output(0);
        Value base = editor.divertOutput(last, 0, output.name() + "_base");
        GraphBuilder g = editor.after(last).named(module + "/lora").source("lora of " + module);
        Value delta = OutputBlocks.join(g, place, byRow, terms -> delta(g, place, byRow, terms));
        g.named(module + "/lora")
                .nodeFor(output, "Add", "", List.of(base, likeOutput(g, place, rank, base, delta)), List.of());
        return "rows";
    }

    private Value delta(GraphBuilder g, Place place, Value input, List<Term> terms) {
        Term first = terms.get(0);
        InputSlots.Pair pair =
                stacks.addPair(first.module(), place.dtype(), first.view().inputs(), first.outputs());
        Factors factors = Factors.of(terms);
        if (factors != null) {
            adapter.put(pair.a(), factors.a().toTensor("A", place.dtype()));
            adapter.put(pair.b(), factors.b().toTensor("B", place.dtype()));
        }
        g.named(first.module() + "/lora_A");
        Value product = g.matMul(input, stacks.ofRows(g, pair.a()));
        g.named(first.module() + "/lora_B");
        return LinearForms.scaledProduct(g, place, product, stacks.ofRows(g, pair.b()));
    }

    /** The input as [batch, steps, in], made in front of its first reader. */
    private Value byRow(Place place) {
        Value input = place.input();
        return rows.computeIfAbsent(new RowsKey(input, place.node().graph()), any -> {
            // made first: in front of the graph's first node, what is made later comes before what is made now
            Value shape = stacks.rowsOf(place.terms().get(0).view().inputs());
            GraphBuilder g = editor.before(place.node())
                    .named(BranchNames.of(place.terms()) + "/lora_rows")
                    .source("rows of " + input.name());
            return g.node("Reshape", input, shape);
        });
    }

    /** The branch in the shape of the product. */
    private static Value likeOutput(GraphBuilder g, Place place, int rank, Value base, Value delta) {
        return switch (rank) {
            case BATCH_STEPS_WIDTH -> delta;
            case 2 -> g.reshape(delta, -1, place.outputs());
            default -> g.node("Reshape", delta, g.node("Shape", base));
        };
    }

    /**
     * The node behind which the branch goes: the product, or the Add of a bias behind a product of matrices. ONNX Runtime makes those two one Gemm; with a
     * branch in between it would not, and the base's rows would no longer have the base's bits.
     */
    private static Node end(Place place, int rank) {
        Value output = place.node().output(0);
        boolean biased = rank == 2
                && place.node().is("MatMul")
                && !output.isGraphOutput()
                && output.uses().size() == 1
                && isBias(output.uses().get(0), place.node());
        return biased ? output.uses().get(0).node() : place.node();
    }

    private static boolean isBias(Value.Use use, Node product) {
        Value other = use.node().is("Add") ? use.node().input(1 - use.input()) : null;
        return other != null
                && use.node().graph() == product.graph()
                && other.constant().filter(data -> data.shape().rank() == 1).isPresent();
    }

    /** How many dimensions x has, or -1. A Gemm takes matrices only. */
    private static int rank(Value input) {
        boolean matrix = input.uses().stream().anyMatch(use -> use.node().is("Gemm") && use.input() == 0);
        return matrix ? 2 : input.type().map(ValueType::rank).orElse(-1);
    }

    private static void requireSupported(Place place) {
        if (place.kind() == SiteKind.CONV) {
            throw place.unsupported(
                    "style batched has no convolution with a kernel for each row of a batch",
                    "Leave the convolutions out of the adapter's target_modules, or use --style input, which switches them.");
        }
        if (place.kind() == SiteKind.GATHER) {
            throw place.unsupported(
                    "style batched keeps the factors of all slots in memory, which for a table has a row for every token and slot",
                    "Leave the embeddings out of the adapter's target_modules, or use --style input, which switches them.");
        }
        LinearForms.requireProductOfItsOwn(place, "style batched");
    }
}
