package dev.graft.cli.conformance;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.ConsumerIndex;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.Rule;
import dev.graft.compiler.resolve.Site;
import dev.graft.compiler.resolve.SiteFinder;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

/** An adapter of rank 2 for all weights of a model that a merge can change, taken with weight 0. */
final class ZeroAdapter {
    private static final int RANK = 2;

    private final ModelIndex model;
    private final Random random = new Random(7);
    private final List<Binding> bindings = new ArrayList<>();
    private int shared;
    private int quantised;

    private ZeroAdapter(ModelIndex model) {
        this.model = model;
    }

    static ZeroAdapter of(ModelIndex model) {
        ZeroAdapter zero = new ZeroAdapter(model);
        ConsumerIndex consumers = ConsumerIndex.of(model);
        SiteFinder.sites(model).forEach(site -> zero.add(site, consumers));
        return zero;
    }

    /** The bindings; a merge with them must change nothing. */
    Resolution resolution() {
        List<LowRankChange> changes = bindings.stream()
                .map(binding -> (LowRankChange) binding.change())
                .toList();
        Adapter adapter = new Adapter(model.file(), "test", "LoRA", List.copyOf(changes), Map.of(), List.of());
        return new Resolution(model, List.of(new WeightedAdapter(adapter, 0)), bindings, List.of());
    }

    int targets() {
        return bindings.size();
    }

    String leftOut() {
        return (shared == 0 ? "" : ", " + shared + " shared") + (quantised == 0 ? "" : ", " + quantised + " quantised");
    }

    private void add(Site site, ConsumerIndex consumers) {
        WeightView view = site.weight();
        if (site.kind() == SiteKind.QUANTIZED_MATMUL || !view.tensor().dtype().isFloat()) {
            quantised += site.kind() == SiteKind.OTHER ? 0 : 1;
        } else if (consumers.consumersOf(view.tensor()).size() != 1) {
            shared++;
        } else if (site.kind() != SiteKind.OTHER && view.rows() > 0 && view.columns() > 0) {
            String module = "site" + bindings.size();
            bindings.add(new Binding(change(module, site), 0, 0, site, view, Binding.Parameter.WEIGHT, Rule.MAP));
        }
    }

    private LowRankChange change(String module, Site site) {
        WeightView view = site.weight();
        long[] stored = view.tensor().shape().toArray();
        return switch (site.kind()) {
            case CONV ->
                lowRank(
                        module,
                        LayerKind.CONV,
                        LongStream.concat(
                                        LongStream.of(RANK),
                                        Arrays.stream(stored).skip(1))
                                .toArray(),
                        LongStream.concat(
                                        LongStream.of(view.outputs(), RANK),
                                        Arrays.stream(stored).skip(2).map(k -> 1))
                                .toArray());
            case GATHER ->
                lowRank(module, LayerKind.EMBEDDING, new long[] {RANK, view.outputs()}, new long[] {view.inputs(), RANK
                });
            default ->
                lowRank(module, LayerKind.LINEAR, new long[] {RANK, view.inputs()}, new long[] {view.outputs(), RANK});
        };
    }

    private LowRankChange lowRank(String module, LayerKind kind, long[] a, long[] b) {
        return new LowRankChange(module, kind, tensor(module + ".A", a), tensor(module + ".B", b), 1, null, null);
    }

    private Tensor tensor(String name, long... dims) {
        Shape shape = Shape.of(dims);
        double[] values = random.doubles(shape.elements(), -1, 1).toArray();
        return Tensor.ofDoubles(name, DType.FLOAT32, shape, values);
    }
}
