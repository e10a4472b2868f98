package dev.graft.testkit.error;

import java.nio.file.Path;
import java.util.List;
import org.assertj.core.error.BasicErrorMessageFactory;

/** The graphs differ. */
public final class ShouldHaveSameArchitecture extends BasicErrorMessageFactory {
    /** @param differences one line each */
    public ShouldHaveSameArchitecture(Path model, Path base, List<String> differences) {
        super(
                "%nExpecting model%n  %s%nto have the same architecture as%n  %s%nbut the graphs differ:%n%s%n%s",
                unquotedString(model.toString()),
                unquotedString(base.toString()),
                unquotedString(Lines.of(differences)),
                unquotedString(
                        "Likely cause: the model was exported again, optimised or attached to; a merge changes nothing but values of weights."));
    }
}
