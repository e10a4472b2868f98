package dev.graft.testkit.error;

import dev.graft.error.GraftException;
import java.nio.file.Path;
import org.assertj.core.error.BasicErrorMessageFactory;

/** A module of the adapter has no place in the model. */
public final class ShouldFit extends BasicErrorMessageFactory {
    /** @param reason what the resolver says */
    public ShouldFit(Path adapter, Path model, GraftException reason) {
        super(
                "%nExpecting adapter%n  %s%nto fit model%n  %s%nbut %s:%n%s",
                unquotedString(adapter.toString()),
                unquotedString(model.toString()),
                reason.code(),
                unquotedString(reason.describe()));
    }
}
