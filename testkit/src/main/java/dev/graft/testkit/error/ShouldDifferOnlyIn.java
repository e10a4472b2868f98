package dev.graft.testkit.error;

import dev.graft.testkit.difference.TensorChange;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.error.BasicErrorMessageFactory;

/** Other weights differ too. */
public final class ShouldDifferOnlyIn extends BasicErrorMessageFactory {
    /**
     * @param names what may differ
     * @param unexpected what differs besides
     */
    public ShouldDifferOnlyIn(Path model, Path base, List<String> names, List<TensorChange> unexpected) {
        super(
                "%nExpecting model%n  %s%nto differ from%n  %s%nonly in %s, but these differ too:%n%s%n%s",
                unquotedString(model.toString()),
                unquotedString(base.toString()),
                unquotedString(names.toString()),
                unquotedString(
                        Lines.of(unexpected.stream().map(TensorChange::describe).toList())),
                unquotedString(
                        "Likely cause: the adapter has more targets than named here, or a weight is shared and was changed for all its users."));
    }
}
