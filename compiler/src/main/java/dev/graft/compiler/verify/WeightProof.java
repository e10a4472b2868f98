package dev.graft.compiler.verify;

import dev.graft.compiler.resolve.Resolution;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether a merged model holds the weights that base and adapters give.
 *
 * <p>Every merged weight is computed once more. A file that Graft merged is expected to agree bit for bit. One that another tool
 * merged agrees within the bound of {@link WeightBound}.
 *
 * @param verdict the answer
 * @param targets per block that changes, how it compares
 * @param findings everything found, failures first
 * @param structure where the models differ
 */
public record WeightProof(
        Verdict verdict, List<TargetProof> targets, List<Finding> findings, StructureProof structure) {
    public WeightProof {
        targets = List.copyOf(targets);
        findings = List.copyOf(findings);
    }

    /** The answers. */
    public enum Verdict {
        /** Every weight is the expected one, bit for bit, and nothing else differs. */
        EXACT,
        /** Every weight is as near as another correct way of computing comes, and nothing else differs. */
        WITHIN_BOUND,
        /** Something is wrong; the findings say what. */
        FAILED;

        /** Whether the merged model does what base and adapters say. */
        public boolean isPassed() {
            return this != FAILED;
        }
    }

    /**
     * Holds a merged model against base and adapters.
     *
     * @param resolution base and adapters
     * @param merged the merged model's file
     * @param threads how many threads compute
     * @throws dev.graft.error.GraftException if the merged model cannot be read, or base and adapters cannot be merged
     */
    public static WeightProof check(Resolution resolution, Path merged, int threads) {
        return new WeightCheck(resolution, merged, threads).run();
    }
}
