package dev.graft.compiler.attach;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.List;

/** Attaches constant branches to embeddings: {@code E[i] + A[i]·B}, with A [rows, rank] looked up as the table is. */
final class LookupBranches {
    private final GraphEditor editor;

    LookupBranches(GraphEditor editor) {
        this.editor = editor;
    }

    /** Attaches to one place. */
    String attach(Place place) {
        LinearGroup factors = new LinearGroup(editor, place.input(), List.of(place));
        String module = BranchNames.of(place.terms());
        Value output = place.node().output(0);
        Value base = editor.divertOutput(place.node(), 0, output.name() + "_base");
        GraphBuilder g = editor.after(place.node()).named(module + "/lora").source("lora of " + module);
        double[] gains = place.gains();
        if (gains != null) {
            String name = module + ".lora_magnitude.weight";
            Tensor gain = Tensor.ofDoubles(name, place.dtype(), Shape.of(gains.length), gains);
            base = g.mul(base, g.initializer(name, gain));
        }
        String nameOfA = module + ".lora_A.weight";
        String nameOfB = module + ".lora_B.weight";
        Value rows = g.gather(g.initializer(nameOfA, factors.a().toTensor(nameOfA, place.dtype())), place.input(), 0);
        Value delta = g.matMul(rows, g.initializer(nameOfB, factors.b(place, 1).toTensor(nameOfB, place.dtype())));
        g.nodeFor(output, "Add", "", List.of(base, delta), List.of());
        return "lookup";
    }
}
