package dev.graft.compiler.verify;

import dev.graft.compiler.ir.ModelComparison;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.merge.ExpectedTensor;
import dev.graft.compiler.merge.ExpectedWeights;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.verify.Finding.Kind;
import dev.graft.compiler.verify.WeightProof.Verdict;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The work behind {@link WeightProof#check}. */
final class WeightCheck {
    private final Resolution resolution;
    private final Path merged;
    private final int threads;
    private final ModelIndex artifact;
    private final TensorTable baseTable;
    private final TensorTable artifactTable;
    private final List<TargetProof> targets = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> checked = new HashSet<>();

    WeightCheck(Resolution resolution, Path merged, int threads) {
        this.resolution = resolution;
        this.merged = merged;
        this.threads = threads;
        this.artifact = ModelScanner.scan(merged);
        this.baseTable = TensorTable.of(resolution.model());
        this.artifactTable = TensorTable.of(artifact);
    }

    WeightProof run() {
        StructureProof structure = StructureProof.compare(resolution.model(), artifact);
        boolean sameGraph =
                structure.missingNodes().isEmpty() && structure.missingTensors().isEmpty();
        try (ExpectedWeights expected = ExpectedWeights.of(resolution, merged, threads)) {
            checkTensors(expected, sameGraph ? null : resolveAgain());
            if (sameGraph
                    && !structure.isSameArchitecture()
                    && structure.elsewhere().isEmpty()) {
                checkGraph(expected);
            }
        }
        checkTheRest(structure, sameGraph);
        findings.sort(Comparator.comparing(finding -> !finding.kind().isFailure()));
        return new WeightProof(verdict(), targets, findings, structure);
    }

    /** The files are laid out in another way: then their bytes say nothing of the graphs, and these are compared. */
    private void checkGraph(ExpectedWeights weights) {
        OnnxModel base = ModelReader.read(resolution.model().file());
        OnnxModel found = ModelReader.read(merged);
        Resharing resharing = new Resharing(base, found);
        weights.tensors().stream().filter(ExpectedTensor::isUnshared).forEach(resharing::undo);
        for (ModelComparison.Difference each : ModelComparison.of(base, found).graph()) {
            findings.add(new Finding(
                    Kind.GRAPH_CHANGED,
                    each.subject(),
                    "the graph is not the base's: " + each.sentence(),
                    Location.ofFile(merged)));
        }
    }

    private Verdict verdict() {
        if (findings.stream().anyMatch(finding -> finding.kind().isFailure())) {
            return Verdict.FAILED;
        }
        return targets.stream().allMatch(target -> target.exact() == target.elements())
                ? Verdict.EXACT
                : Verdict.WITHIN_BOUND;
    }

    private @Nullable Resolution resolveAgain() {
        try {
            return Resolver.resolve(artifact, resolution.adapters(), ResolveOptions.DEFAULT);
        } catch (GraftException e) {
            findings.add(new Finding(
                    Kind.ANOTHER_GRAPH,
                    "",
                    "the merged model's graph has no place for the adapter: " + e.getMessage(),
                    e.location()));
            return null;
        }
    }

    private void checkTensors(ExpectedWeights weights, @Nullable Resolution again) {
        List<BlockCheck> blocks = new ArrayList<>();
        for (ExpectedTensor expected : weights.tensors()) {
            if (expected.isUnshared()) {
                findings.add(new Finding(
                        Kind.UNSHARED,
                        expected.name(),
                        "added for " + expected.blocks().get(0).module() + ", which shared '"
                                + expected.base().name() + "' with others",
                        Location.ofTensor(merged, expected.name())));
            }
            Optional<MergedTensor> found = MergedTensor.find(expected, baseTable, artifactTable, again);
            if (found.isEmpty()) {
                findings.add(missing(expected));
                continue;
            }
            checked.add(artifactTable.nameOf(found.get().index()));
            TensorCheck check = new TensorCheck(expected, found.get());
            weights.forEach(expected.pieces(), check::checkPiece);
            check.outside().ifPresent(findings::add);
            blocks.addAll(check.blocks());
        }
        Diagnosis diagnosis = new Diagnosis(blocks, merged);
        for (BlockCheck block : blocks) {
            boolean right = block.wrong() == 0 && block.wrongFactor().isEmpty();
            Optional<Finding> finding = right ? Optional.empty() : Optional.of(diagnosis.explain(block));
            finding.ifPresent(findings::add);
            targets.add(block.proof(finding));
        }
        diagnosis.overall(targets).ifPresent(findings::add);
    }

    private Finding missing(ExpectedTensor expected) {
        String module = expected.blocks().get(0).module();
        return new Finding(
                Kind.TENSOR_MISSING,
                module,
                "the merged model has no tensor '" + expected.name() + "' "
                        + expected.base().shape() + " for it",
                Location.ofTensor(merged, expected.name()));
    }

    /** What differs though no adapter asks for it. */
    private void checkTheRest(StructureProof structure, boolean sameGraph) {
        for (StructureProof.TensorDifference tensor : structure.tensors()) {
            if (!checked.contains(tensor.name())) {
                findings.add(new Finding(
                        Kind.OUTSIDE_TARGETS,
                        tensor.name(),
                        (tensor.bytes() < 0
                                        ? "type or shape"
                                        : tensor.bytes() + (tensor.bytes() == 1 ? " byte" : " bytes"))
                                + " of tensor '" + tensor.name() + "' differ from the base, but no adapter changes it",
                        new Location(tensor.first().file(), tensor.first().offset(), tensor.name(), null)));
            }
        }
        if (!sameGraph) {
            findings.add(new Finding(
                    Kind.ANOTHER_GRAPH,
                    "",
                    "the graph is not the base's: " + structure.missingNodes().size() + " nodes and "
                            + structure.missingTensors().size() + " tensors of the base are not in it",
                    Location.ofFile(merged)));
        } else {
            structure
                    .elsewhere()
                    .forEach(place -> findings.add(new Finding(
                            Kind.OUTSIDE_TARGETS,
                            "",
                            place.length() + (place.length() == 1 ? " byte" : " bytes")
                                    + " outside all tensors differ from the base",
                            Location.ofOffset(place.file(), place.offset()))));
        }
    }
}
