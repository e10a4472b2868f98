package dev.graft.cli.verify;

import dev.graft.adapter.LowRankChange;
import dev.graft.cli.text.Numbers;
import dev.graft.cli.verify.Verification.Check;
import dev.graft.cli.verify.Verification.Outcome;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.testkit.difference.StoredTensors;
import dev.graft.testkit.difference.TensorChange;
import dev.graft.testkit.difference.TensorChanges;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether an attached model still holds the base's weights as they are. */
final class AttachedStructure {
    private AttachedStructure() {}

    /** The check; its finding names the first weight that is not the base's. */
    static Check check(Resolution resolution, Path attached, List<String> causes) {
        ModelIndex index = ModelScanner.scan(attached);
        List<String> wrong = new ArrayList<>();
        Set<TensorIndex> replaced = replaced(resolution);
        Map<String, TensorIndex> tensors = StoredTensors.of(resolution.model());
        for (TensorChange change : TensorChanges.between(resolution.model(), index)) {
            if (!replaced.contains(tensors.get(change.tensor()))) {
                wrong.add("the attached model has changed a weight of the base: " + change.describe());
            }
        }
        causes.addAll(wrong);
        return wrong.isEmpty()
                ? new Check("structure, attached", Outcome.PASSED, "the base's weights are unchanged in it")
                : new Check("structure, attached", Outcome.FAILED, wrong.get(0) + more(wrong.size() - 1));
    }

    private static String more(int count) {
        return count == 0 ? "" : " and " + Numbers.plural(count, "more weight");
    }

    /** What the adapters replace as a whole, and biases that a change of a bias may be put into. */
    private static Set<TensorIndex> replaced(Resolution resolution) {
        Set<TensorIndex> replaced = new HashSet<>();
        for (Binding binding : resolution.bindings()) {
            boolean weight = binding.change() instanceof LowRankChange && binding.target() == Binding.Parameter.WEIGHT;
            if (!weight) {
                replaced.add(binding.view().tensor());
            }
        }
        return replaced;
    }
}
