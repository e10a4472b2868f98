package dev.graft.cli.bench;

import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.SlotCapacity;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.batching.SlotAdapter;
import java.util.ArrayList;
import java.util.List;

/**
 * As many adapters as rows, made of those that are there at other scales: what they cost depends on their shapes alone.
 *
 * @param rows how many
 */
record AdapterPerRow(int rows) {
    /** Whether slots can hold the adapters. */
    static boolean fits(Resolution resolution) {
        return resolution.bindings().stream().allMatch(binding -> binding.change() instanceof LowRankChange);
    }

    /** How a model is attached so that all of them are in slots at once. */
    AttachOptions options(Resolution resolution) {
        int rank = resolution.bindings().stream()
                .filter(binding -> binding.change() instanceof LowRankChange)
                .mapToInt(binding -> Math.toIntExact(((LowRankChange) binding.change()).rank()))
                .max()
                .orElse(1);
        return AttachOptions.DEFAULT
                .withStyle(AttachStyle.BATCHED)
                .withCapacity(new SlotCapacity(Math.max(rows, 2), rank));
    }

    /** The adapters, ready for slots. */
    List<SlotAdapter> of(Resolution resolution, BatchedModel model) {
        List<WeightedAdapter> given = resolution.adapters();
        List<SlotAdapter> adapters = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            WeightedAdapter one = given.get(i % given.size());
            WeightedAdapter scaled = new WeightedAdapter(one.adapter(), one.weight() * (rows - i) / rows);
            adapters.add(model.prepare("adapter-" + i, scaled.folded()));
        }
        return adapters;
    }
}
