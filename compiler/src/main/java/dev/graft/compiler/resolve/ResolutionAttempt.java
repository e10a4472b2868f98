package dev.graft.compiler.resolve;

import dev.graft.error.GraftException;
import java.util.List;

/**
 * What of the adapters fits the model and what does not.
 *
 * @param resolution the changes that fit
 * @param problems those that do not, and why
 */
public record ResolutionAttempt(Resolution resolution, List<ResolveProblem> problems) {
    public ResolutionAttempt {
        problems = List.copyOf(problems);
    }

    /**
     * The resolution, if everything fits.
     *
     * @throws GraftException with all problems in one message
     */
    public Resolution orThrow() {
        if (!problems.isEmpty()) {
            throw ResolveReport.exception(this);
        }
        return resolution;
    }
}
