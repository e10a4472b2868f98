package dev.graft.compiler.resolve;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.SharedProjectionChange;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives the changes of which the base's layers decide the shape that shape: VeRA's corners of shared matrices, AdaLoRA's factors of a
 * layer that may be a convolution. Behind a resolution nobody meets either.
 */
final class BaseWidths {
    private final Resolution open;
    private final Map<Integer, Long> widestInputs = new HashMap<>();
    private final IdentityHashMap<ModuleChange, ModuleChange> settled = new IdentityHashMap<>();

    private BaseWidths(Resolution open) {
        this.open = open;
    }

    /** The resolution with every bound change as the base's layers have it. */
    static Resolution settle(Resolution open) {
        return new BaseWidths(open).run();
    }

    private Resolution run() {
        for (Binding binding : open.bindings()) {
            if (binding.change() instanceof SharedProjectionChange) {
                widestInputs.merge(binding.adapterIndex(), binding.view().inputs(), Math::max);
            }
        }
        List<Binding> bindings = open.bindings().stream().map(this::settled).toList();
        List<WeightedAdapter> adapters =
                open.adapters().stream().map(this::settled).toList();
        return settled.isEmpty() ? open : new Resolution(open.model(), adapters, bindings, open.warnings());
    }

    private Binding settled(Binding binding) {
        if (!isOpen(binding.change())) {
            return binding;
        }
        return new Binding(
                settled.computeIfAbsent(binding.change(), change -> settled(change, binding)),
                binding.adapterIndex(),
                binding.weight(),
                binding.site(),
                binding.view(),
                binding.target(),
                binding.rule());
    }

    private WeightedAdapter settled(WeightedAdapter weighted) {
        Adapter adapter = weighted.adapter();
        List<ModuleChange> changes = new ArrayList<>();
        adapter.changes().forEach(change -> changes.add(settled.getOrDefault(change, change)));
        return new WeightedAdapter(
                new Adapter(
                        adapter.source(),
                        adapter.format(),
                        adapter.method(),
                        changes,
                        adapter.details(),
                        adapter.warnings()),
                weighted.weight());
    }

    private static boolean isOpen(ModuleChange change) {
        return change instanceof SharedProjectionChange
                || change instanceof LowRankChange low && low.kind() == LayerKind.LINEAR_OR_CONV;
    }

    private ModuleChange settled(ModuleChange change, Binding binding) {
        if (change instanceof SharedProjectionChange shared) {
            return shared.forInputs(binding.view().inputs(), widestInputs.getOrDefault(binding.adapterIndex(), 0L));
        }
        LowRankChange low = (LowRankChange) change;
        return binding.site().kind() == SiteKind.CONV
                ? convolution(low, binding.view().tensor().shape())
                : low.laidOut(LayerKind.LINEAR, low.a().shape(), low.b().shape());
    }

    /** A's inner dimensions are those of the kernel, as PEFT reshapes B·A to the weight. */
    private static LowRankChange convolution(LowRankChange low, Shape weight) {
        long[] a = weight.toArray();
        a[0] = low.rank();
        long[] b = new long[a.length];
        Arrays.fill(b, 1);
        b[0] = low.b().shape().dim(0);
        b[1] = low.rank();
        return low.laidOut(LayerKind.CONV, Shape.of(a), Shape.of(b));
    }
}
