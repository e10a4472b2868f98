package dev.graft.cli.verify;

import dev.graft.cli.text.Numbers;
import dev.graft.cli.verify.Verification.Check;
import dev.graft.cli.verify.Verification.Outcome;
import dev.graft.cli.verify.Verification.Region;
import dev.graft.cli.verify.Verification.Structure;
import dev.graft.cli.verify.Verification.Target;
import dev.graft.compiler.merge.MergeReport;
import dev.graft.compiler.merge.TargetReport;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.verify.Finding;
import dev.graft.compiler.verify.StructureProof;
import dev.graft.compiler.verify.StructureProof.FileComparison;
import dev.graft.compiler.verify.StructureProof.TensorDifference;
import dev.graft.compiler.verify.TargetProof;
import dev.graft.compiler.verify.WeightProof;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a merged model is the base with the adapters' changes in their targets and nothing else: {@link WeightProof} in the
 * words of the report.
 *
 * @param structure what differs, byte by byte
 * @param targets what happened to each target
 * @param checks the checks
 * @param causes what is wrong
 * @param notes what a person should know
 */
record WeightCheck(
        Structure structure, List<Target> targets, List<Check> checks, List<String> causes, List<String> notes) {
    /**
     * Checks a merged model.
     *
     * @param own Graft's own merge of the same, which knows norms and losses; or none
     */
    static WeightCheck of(Resolution resolution, Optional<MergeReport> own, Path artifact) {
        int threads = Runtime.getRuntime().availableProcessors();
        WeightProof proof = WeightProof.check(resolution, artifact, threads);
        List<String> causes = Causes.of(proof.findings());
        List<String> notes = proof.findings().stream()
                .filter(finding -> !Causes.isFailure(finding))
                .map(Finding::sentence)
                .toList();
        return new WeightCheck(
                structure(proof.structure(), proof.findings()),
                targets(resolution, proof, own),
                List.of(structureCheck(proof), weightCheck(proof)),
                causes,
                notes);
    }

    private static Structure structure(StructureProof proof, List<Finding> findings) {
        List<String> unexpected = new ArrayList<>();
        findings.stream()
                .filter(WeightCheck::isStructural)
                .map(Finding::sentence)
                .forEach(unexpected::add);
        List<Region> regions = proof.tensors().stream().map(WeightCheck::region).toList();
        return new Structure(
                proof.files().stream().mapToLong(FileComparison::artifactSize).sum(),
                proof.tensors().stream().mapToLong(TensorDifference::bytes).sum(),
                proof.isSameArchitecture(),
                proof.baseProtobufSha256(),
                proof.artifactProtobufSha256(),
                regions,
                unexpected);
    }

    private static Region region(TensorDifference difference) {
        return new Region(
                difference.name(),
                String.valueOf(difference.first().file().getFileName()),
                difference.first().offset(),
                difference.bytes());
    }

    private static boolean isStructural(Finding finding) {
        return switch (finding.kind()) {
            case OUTSIDE_TARGETS, GRAPH_CHANGED, ANOTHER_GRAPH, TENSOR_MISSING, UNSHARED -> true;
            default -> false;
        };
    }

    private static Check structureCheck(WeightProof proof) {
        StructureProof structure = proof.structure();
        Optional<Finding> wrong = proof.findings().stream()
                .filter(finding -> isStructural(finding) && Causes.isFailure(finding))
                .findFirst();
        String same = structure.isSameArchitecture()
                ? "the base's files: " + differences(structure.tensors().size())
                : "not the base's layout, but nothing differs that should not";
        return new Check(
                "structure, merged",
                wrong.isEmpty() ? Outcome.PASSED : Outcome.FAILED,
                wrong.map(Finding::sentence).orElse(same));
    }

    private static String differences(int tensors) {
        return switch (tensors) {
            case 0 -> "not a byte differs";
            case 1 -> "1 tensor differs, and no other byte";
            default -> tensors + " tensors differ, and no other byte";
        };
    }

    private static Check weightCheck(WeightProof proof) {
        long wrong =
                proof.targets().stream().filter(target -> target.wrong() > 0).count();
        long elements =
                proof.targets().stream().mapToLong(TargetProof::elements).sum();
        String count = Numbers.count(elements) + " elements of "
                + Numbers.plural(proof.targets().size(), "target");
        String finding = switch (proof.verdict()) {
            case EXACT -> "all " + count + " are base + adapter, rounded once, bit for bit";
            case WITHIN_BOUND -> "all " + count + " are base + adapter within the bound of another way of computing";
            case FAILED ->
                wrong == 0
                        ? "all " + count + " are base + adapter"
                        : wrong + " of " + Numbers.plural(proof.targets().size(), "target") + " are not base + adapter";
        };
        return new Check("weights, merged", wrong == 0 ? Outcome.PASSED : Outcome.FAILED, finding);
    }

    private static List<Target> targets(Resolution resolution, WeightProof proof, Optional<MergeReport> own) {
        Map<String, TargetReport> reports = new HashMap<>();
        own.ifPresent(report ->
                report.targets().forEach(target -> reports.put(target.module() + target.tensor(), target)));
        Map<String, Binding> bindings = new HashMap<>();
        resolution.bindings().forEach(binding -> bindings.putIfAbsent(binding.module(), binding));
        return proof.targets().stream()
                .map(target ->
                        target(target, reports.get(target.module() + target.tensor()), bindings.get(target.module())))
                .toList();
    }

    private static Target target(
            TargetProof proof,
            @org.jspecify.annotations.Nullable TargetReport report,
            @org.jspecify.annotations.Nullable Binding binding) {
        return new Target(
                proof.module(),
                proof.tensor(),
                binding == null ? "" : binding.view().tensor().dtype().displayName(),
                binding == null ? "" : binding.view().tensor().shape().toString(),
                report != null ? report.rank() : 0,
                report != null ? report.scaling() : Double.NaN,
                report != null ? report.normOfWeight() : Double.NaN,
                report != null ? report.normOfDelta() : Double.NaN,
                proof.elements(),
                report != null ? report.changed() : -1,
                report != null ? report.lost() : -1,
                proof.exact(),
                proof.worstError(),
                proof.finding().map(Finding::sentence).orElse(""));
    }
}
