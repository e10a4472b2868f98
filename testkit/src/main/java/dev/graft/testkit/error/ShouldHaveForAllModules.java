package dev.graft.testkit.error;

import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.error.BasicErrorMessageFactory;

/** A property that all low-rank changes should have is another for some. */
public final class ShouldHaveForAllModules extends BasicErrorMessageFactory {
    /**
     * @param property what it is called: rank, scaling
     * @param modules how many low-rank changes there are
     * @param others the modules that have another value, with it
     */
    public ShouldHaveForAllModules(
            Path adapter, String property, Object expected, int modules, Map<String, Object> others) {
        super(
                "%nExpecting adapter%n  %s%nto have %s %s for every module, but %s",
                unquotedString(adapter.toString()),
                unquotedString(property),
                unquotedString(expected.toString()),
                unquotedString(
                        modules == 0
                                ? "it has no low-rank change."
                                : others.size() + " of " + modules + " have another:\n"
                                        + Lines.of(others.entrySet().stream()
                                                .map(entry -> entry.getKey() + ": " + entry.getValue())
                                                .toList())
                                        + "\nLikely cause: another configuration, or rank_pattern and alpha_pattern in it."));
    }
}
