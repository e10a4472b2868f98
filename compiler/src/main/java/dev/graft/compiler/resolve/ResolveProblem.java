package dev.graft.compiler.resolve;

import dev.graft.error.ErrorCode;
import java.util.List;

/**
 * A change that has no place in the model, or more than one.
 *
 * @param code what kind of problem it is
 * @param adapterIndex which of the given adapters the change comes from
 * @param module the module's path
 * @param message what is wrong
 * @param candidates the nearest places and why each was not taken
 */
public record ResolveProblem(
        ErrorCode code, int adapterIndex, String module, String message, List<Candidate> candidates) {
    public ResolveProblem {
        candidates = List.copyOf(candidates);
    }

    /**
     * A place that was not taken.
     *
     * @param place the module path, operator and node
     * @param reason why not
     */
    public record Candidate(String place, String reason) {}

    /** The problem and its candidates, one a line. */
    public String describe() {
        StringBuilder text = new StringBuilder(module).append(": ").append(message);
        candidates.forEach(candidate ->
                text.append("\n    ").append(candidate.place()).append(": ").append(candidate.reason()));
        return text.toString();
    }
}
