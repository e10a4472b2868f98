package dev.graft.testkit.error;

import dev.graft.error.GraftException;
import java.nio.file.Path;
import org.assertj.core.error.BasicErrorMessageFactory;

/** The models take other inputs, or give outputs of other names or shapes. */
public final class ShouldBeComparable extends BasicErrorMessageFactory {
    /** @param reason what does not fit */
    public ShouldBeComparable(Path model, Path other, GraftException reason) {
        super(
                "%nExpecting model%n  %s%nto produce the same outputs as%n  %s%nbut their inputs or outputs differ: %s.%n%s",
                unquotedString(model.toString()),
                unquotedString(other.toString()),
                unquotedString(String.valueOf(reason.getMessage())),
                unquotedString(
                        "Likely cause: models of other architectures; hasSameArchitectureAs names what differs."));
    }
}
