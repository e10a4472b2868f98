package dev.graft.testkit.error;

import dev.graft.error.DidYouMean;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.error.BasicErrorMessageFactory;

/** A name in an assertion means nothing in the model. */
public final class ShouldNameWeights extends BasicErrorMessageFactory {
    /**
     * @param unknown the names that mean nothing
     * @param known the paths of all modules and tensors
     */
    public ShouldNameWeights(Path base, List<String> unknown, Collection<String> known) {
        super(
                "%nExpecting the names%n%s%nto mean modules or weights of%n  %s%nbut it has none of that name.%n%s",
                unquotedString(Lines.of(
                        unknown.stream().map(name -> withNearest(name, known)).toList())),
                unquotedString(base.toString()),
                unquotedString("Give a module's whole path or its last parts, as graft inspect prints them."));
    }

    private static String withNearest(String name, Collection<String> known) {
        Set<String> words = new LinkedHashSet<>(known);
        known.forEach(path -> words.add(path.substring(path.lastIndexOf('.') + 1)));
        String hint = DidYouMean.sentence(name, words);
        return hint.isEmpty() ? name : name + "   " + hint;
    }
}
