package dev.graft.testkit.error;

import dev.graft.error.DidYouMean;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.error.BasicErrorMessageFactory;

/** The adapter changes other modules. */
public final class ShouldTarget extends BasicErrorMessageFactory {
    /**
     * @param names the modules that it should change
     * @param untouched those of them that it does not
     * @param unexpected the modules that it changes besides
     */
    public ShouldTarget(Path adapter, List<String> names, List<String> untouched, List<String> unexpected) {
        super(
                "%nExpecting adapter%n  %s%nto target %s and nothing else%s%s",
                unquotedString(adapter.toString()),
                unquotedString(names.toString()),
                unquotedString(
                        untouched.isEmpty() ? "" : ", but it does not change:\n" + withNearest(untouched, unexpected)),
                unquotedString(
                        unexpected.isEmpty()
                                ? ""
                                : (untouched.isEmpty() ? ", but" : "\nand") + " it changes:\n" + Lines.of(unexpected)));
    }

    private static String withNearest(List<String> untouched, List<String> unexpected) {
        List<String> words = unexpected.stream()
                .map(module -> module.substring(module.lastIndexOf('.') + 1))
                .toList();
        return Lines.of(untouched.stream()
                .map(name -> (name + "   " + DidYouMean.sentence(name, words)).stripTrailing())
                .toList());
    }
}
