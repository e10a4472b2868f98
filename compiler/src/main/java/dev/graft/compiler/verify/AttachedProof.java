package dev.graft.compiler.verify;

import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.AttachedAs;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.ir.ModelComparison;
import dev.graft.compiler.ir.ModelComparison.Difference;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.error.GraftException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether an attached model is the base with these adapters' branches and nothing else.
 *
 * <p>Base and adapters are attached once more, in memory, in the way that the model shows. Everything that decides what a model computes must then be the same:
 * nodes, their inputs and attributes, graph inputs and outputs, and every stored tensor byte for byte, the adapters' factors among them. Styles input and batched
 * hold no factors: there the proof is about the graph and the base's weights.
 *
 * @param style how it was attached
 * @param sameGraph whether only the contents of stored tensors can differ
 * @param differences where it is not what attaching makes; none if it is
 */
public record AttachedProof(AttachStyle style, boolean sameGraph, List<Difference> differences) {
    public AttachedProof {
        differences = List.copyOf(differences);
    }

    /** Whether the model is what attaching makes. */
    public boolean isPassed() {
        return differences.isEmpty();
    }

    /**
     * Holds an attached model against base and adapters.
     *
     * @throws GraftException if the model cannot be read, or base and adapters cannot be attached in its style
     */
    public static AttachedProof check(Resolution resolution, Path attached) {
        OnnxModel actual = ModelReader.read(attached);
        AttachedProof nearest = null;
        for (AttachOptions options : AttachedAs.candidates(resolution, actual)) {
            AttachedProof proof = compare(resolution, options, actual);
            if (proof.isPassed()) {
                return proof;
            }
            nearest = nearer(nearest, proof);
        }
        return Objects.requireNonNull(nearest);
    }

    private static AttachedProof compare(Resolution resolution, AttachOptions options, OnnxModel actual) {
        OnnxModel expected = Attacher.attached(resolution, options);
        ModelComparison comparison = ModelComparison.of(expected, actual);
        List<Difference> graph = comparison.graph();
        return new AttachedProof(options.style(), graph.isEmpty(), graph.isEmpty() ? comparison.contents() : graph);
    }

    private static AttachedProof nearer(@Nullable AttachedProof one, AttachedProof other) {
        if (one == null || other.sameGraph && !one.sameGraph) {
            return other;
        }
        boolean fewer = other.differences.size() < one.differences.size();
        return fewer && other.sameGraph == one.sameGraph ? other : one;
    }
}
