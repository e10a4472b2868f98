package dev.graft.cli.verify;

import dev.graft.adapter.LowRankChange;
import dev.graft.cli.text.Numbers;
import dev.graft.cli.verify.Verification.Check;
import dev.graft.cli.verify.Verification.Outcome;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.compiler.verify.AttachedProof;
import dev.graft.testkit.difference.StoredTensors;
import dev.graft.testkit.difference.TensorChange;
import dev.graft.testkit.difference.TensorChanges;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether an attached model holds the base's weights as they are, and beside them these adapters' branches and nothing else. */
final class AttachedStructure {
    private static final String NAME = "structure, attached";

    /** Where everything is different, the first few differences say it. */
    private static final int CAUSES = 3;

    private AttachedStructure() {}

    /** The check; its finding names the first thing that is neither the base's nor the adapters'. */
    static Check check(Resolution resolution, Path attached, List<String> causes) {
        List<String> changed = changedWeights(resolution, attached);
        if (!changed.isEmpty()) {
            return failed(changed, causes);
        }
        AttachedProof proof = AttachedProof.check(resolution, attached);
        return proof.isPassed()
                ? new Check(NAME, Outcome.PASSED, holds(resolution, proof.style()))
                : failed(
                        proof.differences().stream()
                                .map(each -> "the attached model is not what attaching gives: " + each.sentence())
                                .toList(),
                        causes);
    }

    private static Check failed(List<String> wrong, List<String> causes) {
        causes.addAll(wrong.subList(0, Math.min(CAUSES, wrong.size())));
        if (wrong.size() > CAUSES) {
            causes.add(
                    "the attached model: " + Numbers.plural(wrong.size() - CAUSES, "more difference") + " like these");
        }
        return new Check(NAME, Outcome.FAILED, wrong.get(0) + more(wrong.size() - 1));
    }

    private static String holds(Resolution resolution, AttachStyle style) {
        long targets =
                resolution.bindings().stream().map(Binding::module).distinct().count();
        String values = style == AttachStyle.CONSTANT ? ", byte for byte" : ", whose numbers a run is given";
        return "the base's weights are unchanged in it, and all else is its nodes and the branches of "
                + Numbers.plural(targets, "target") + values;
    }

    /** The base's weights, without a word of how attaching works. */
    private static List<String> changedWeights(Resolution resolution, Path attached) {
        List<String> wrong = new ArrayList<>();
        Set<TensorIndex> replaced = replaced(resolution);
        Map<String, TensorIndex> tensors = StoredTensors.of(resolution.model());
        for (TensorChange change : TensorChanges.between(resolution.model(), ModelScanner.scan(attached))) {
            if (!replaced.contains(tensors.get(change.tensor()))) {
                wrong.add("the attached model has changed a weight of the base: " + change.describe());
            }
        }
        return wrong;
    }

    private static String more(int count) {
        return count == 0 ? "" : " and " + Numbers.count(count) + " more";
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
