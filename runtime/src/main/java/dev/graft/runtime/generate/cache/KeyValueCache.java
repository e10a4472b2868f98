package dev.graft.runtime.generate.cache;

import dev.graft.runtime.session.NativeTensor;
import java.util.Map;
import java.util.Set;

/** What a decoder keeps of a text between runs. For one thread at a time; owns its tensors. */
public interface KeyValueCache extends AutoCloseable {
    /** How many tokens it holds. */
    int length();

    /**
     * Forgets all but the first tokens.
     *
     * @return false where that cannot be done, and then all are still there
     */
    boolean keepFirst(int tokens);

    /** Makes room for a text of so many tokens, where room is made ahead. */
    void reserve(int tokens);

    /** What to feed. */
    Map<String, NativeTensor> inputs();

    /** Outputs to compute, for {@link #accept}. */
    Set<String> computed();

    /** Outputs to write in place. */
    Map<String, NativeTensor> into();

    /**
     * Takes what a run has computed, and with it the ownership.
     *
     * @param tokens how many tokens the run had
     */
    void accept(Map<String, NativeTensor> outputs, int tokens);

    @Override
    void close();
}
