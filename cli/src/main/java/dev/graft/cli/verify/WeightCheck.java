package dev.graft.cli.verify;

import dev.graft.cli.text.Numbers;
import dev.graft.cli.verify.Verification.Check;
import dev.graft.cli.verify.Verification.Outcome;
import dev.graft.cli.verify.Verification.Structure;
import dev.graft.cli.verify.Verification.Target;
import dev.graft.compiler.merge.MergeReport;
import dev.graft.compiler.merge.TargetReport;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.testkit.difference.MergeCheck;
import dev.graft.testkit.difference.StoredTensors;
import dev.graft.testkit.difference.TargetFinding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether a merged model is the base with the adapters' changes in their targets and nothing else.
 *
 * @param structure what differs, byte by byte
 * @param targets what happened to each target
 * @param checks the checks
 * @param causes what is wrong
 */
record WeightCheck(Structure structure, List<Target> targets, List<Check> checks, List<String> causes) {
    /**
     * Checks a merged model.
     *
     * @param own Graft's own merge of the same base and adapters
     */
    static WeightCheck of(Resolution resolution, MergeReport own, Path artifact) {
        ModelIndex ownIndex = ModelScanner.scan(own.output());
        ModelIndex artifactIndex = ModelScanner.scan(artifact);
        Structure structure = structure(resolution, own, ownIndex, artifact);
        List<TargetFinding> findings = MergeCheck.findWrongTargets(resolution, ownIndex, artifactIndex);
        List<String> causes = new ArrayList<>(Causes.of(findings, own.targets().size()));
        causes.addAll(structure.unexpected());
        List<Check> checks = List.of(structureCheck(structure, own), weightCheck(own, findings));
        return new WeightCheck(structure, targets(own, findings), checks, causes);
    }

    /** Added copies of shared weights change the base's layout; then the layout of Graft's own merge is the one expected. */
    private static Structure structure(Resolution resolution, MergeReport own, ModelIndex ownIndex, Path artifact) {
        if (own.unshared().isEmpty()) {
            return ByteDifferences.between(resolution.model(), artifact, targetTensors(resolution));
        }
        Set<TensorIndex> targets = new LinkedHashSet<>();
        Set<String> names = new LinkedHashSet<>(own.unshared());
        own.targets().forEach(target -> names.add(target.tensor()));
        StoredTensors.of(ownIndex).forEach((name, tensor) -> {
            if (names.contains(name) || names.contains(tensor.name())) {
                targets.add(tensor);
            }
        });
        return ByteDifferences.between(ownIndex, artifact, targets);
    }

    private static Set<TensorIndex> targetTensors(Resolution resolution) {
        Set<TensorIndex> tensors = new LinkedHashSet<>();
        for (Binding binding : resolution.bindings()) {
            tensors.add(binding.view().tensor());
        }
        return tensors;
    }

    private static Check structureCheck(Structure structure, MergeReport own) {
        boolean right = structure.unexpected().isEmpty();
        String added = own.unshared().isEmpty()
                ? ""
                : "; copies of shared weights were added: " + String.join(", ", own.unshared());
        String finding = right
                ? "every byte outside the " + Numbers.plural(structure.regions().size(), "target tensor")
                        + " is the base's" + added
                : structure.unexpected().get(0);
        return new Check("structure, merged", right ? Outcome.PASSED : Outcome.FAILED, finding);
    }

    private static Check weightCheck(MergeReport own, List<TargetFinding> findings) {
        String finding = findings.isEmpty()
                ? "every element of " + Numbers.plural(own.targets().size(), "target") + " is base + adapter, rounded"
                : Causes.of(findings, own.targets().size()).get(0);
        return new Check("weights, merged", findings.isEmpty() ? Outcome.PASSED : Outcome.FAILED, finding);
    }

    private static List<Target> targets(MergeReport own, List<TargetFinding> findings) {
        Map<String, TargetFinding> byModule = new HashMap<>();
        findings.forEach(finding -> byModule.put(finding.module(), finding));
        return own.targets().stream()
                .map(target -> target(target, byModule.get(target.module())))
                .toList();
    }

    private static Target target(TargetReport target, @org.jspecify.annotations.Nullable TargetFinding wrong) {
        return new Target(
                target.module(),
                target.tensor(),
                target.dtype(),
                target.shape(),
                target.rank(),
                target.scaling(),
                target.normOfWeight(),
                target.normOfDelta(),
                target.elements(),
                target.changed(),
                target.lost(),
                wrong == null ? 0 : wrong.largest(),
                wrong == null ? "" : wrong.describe());
    }
}
