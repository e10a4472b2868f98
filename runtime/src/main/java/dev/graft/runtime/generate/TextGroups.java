package dev.graft.runtime.generate;

import dev.graft.runtime.batching.SlotAdapter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which texts share a run. It depends on the texts alone, and texts that stay together find each other in the same order at the next step.
 *
 * @param slots how many adapters a run can use
 */
record TextGroups(int slots) {
    /** Texts of one length together, so many of a length at most. */
    List<List<CachedText>> ofOneLength(List<CachedText> texts, IntUnaryOperator most) {
        return groups(texts, false, most);
    }

    /** Texts of any length together, so many at most. */
    List<List<CachedText>> ofAnyLength(List<CachedText> texts, int most) {
        return groups(texts, true, length -> most);
    }

    private List<List<CachedText>> groups(List<CachedText> texts, boolean mayDiffer, IntUnaryOperator most) {
        List<List<CachedText>> groups = new ArrayList<>();
        for (CachedText text : texts) {
            List<CachedText> group = groups.stream()
                    .filter(one -> mayDiffer || one.get(0).length() == text.length())
                    .filter(one -> one.size() < most.applyAsInt(text.length()))
                    .filter(one -> hasSlot(one, text.adapter()))
                    .findFirst()
                    .orElseGet(() -> {
                        List<CachedText> another = new ArrayList<>();
                        groups.add(another);
                        return another;
                    });
            group.add(text);
        }
        return groups;
    }

    private boolean hasSlot(List<CachedText> group, @Nullable SlotAdapter adapter) {
        Set<SlotAdapter> different = new HashSet<>();
        for (CachedText text : group) {
            if (text.adapter() != null) {
                different.add(text.adapter());
            }
        }
        return adapter == null || different.contains(adapter) || different.size() < slots;
    }
}
