package dev.graft.compiler.attach;

import dev.graft.adapter.LowRankChange;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Orientation;
import dev.graft.compiler.resolve.Site;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gathers low-rank changes and slots by the node that they go to. */
final class Places {
    private final SiteLocator locator;
    private final Map<Node, Place> places = new LinkedHashMap<>();

    Places(SiteLocator locator) {
        this.locator = locator;
    }

    /** The places in the order of their nodes. */
    List<Place> inOrder(OnnxModel model) {
        places.values().forEach(Places::requireOneDora);
        Map<Node, Integer> order = new HashMap<>();
        for (Graph graph : model.graphs()) {
            graph.nodes().forEach(node -> order.put(node, order.size()));
        }
        List<Place> sorted = new ArrayList<>(places.values());
        sorted.sort(Comparator.comparing(place -> order.get(place.node())));
        return sorted;
    }

    /** Adds a low-rank change. */
    void add(Binding binding) {
        LowRankChange change = (LowRankChange) binding.change();
        int first = firstOutput(binding.site(), binding.view());
        Term term = Term.ofChange(binding.view(), first, change, AttachRules.scaling(binding));
        place(binding.site()).terms().add(term);
    }

    /** Adds a replaced weight as factors. */
    void add(Binding binding, Factors factors) {
        int first = firstOutput(binding.site(), binding.view());
        place(binding.site()).terms().add(Term.ofReplacement(binding.module(), binding.view(), first, factors));
    }

    /** Adds a slot, unless the module has a change. */
    void add(Slot slot) {
        Place place = place(slot.site());
        boolean known = place.terms().stream().anyMatch(term -> term.module().equals(slot.module()));
        if (!known) {
            place.terms().add(Term.ofSlot(slot, firstOutput(slot.site(), slot.view())));
        }
    }

    private Place place(Site site) {
        Node node = locator.locate(site.graph(), site.node());
        return places.computeIfAbsent(node, key -> new Place(site, key, dtype(site, key)));
    }

    private static int firstOutput(Site site, WeightView view) {
        if (site.kind() == SiteKind.GATHER) {
            return 0;
        }
        return Math.toIntExact(view.orientation() == Orientation.OUT_IN ? view.firstRow() : view.firstColumn());
    }

    /** The number format of the product: that of the weight as the node reads it, or of its scales. */
    private static DType dtype(Site site, Node node) {
        int input = node.opType().equals("MatMulNBits") ? 2 : site.weightInput();
        if (node.opType().equals("DynamicQuantizeMatMul")) {
            return DType.FLOAT32;
        }
        Value value = node.input(input);
        return (value == null ? Optional.<DType>empty() : WeightChain.of(value).dtype())
                .filter(DType::isFloat)
                .orElseThrow(() -> new GraftException(
                        ErrorCode.ATTACH_UNSUPPORTED,
                        "the number format of the product cannot be told",
                        Location.ofNode(null, node.displayName()),
                        "Merge the adapter instead."));
    }

    /** Norms of DoRA are of the weight with one change: what a second change beside it means, no one has defined. */
    private static void requireOneDora(Place place) {
        for (Term term : place.terms()) {
            long same = place.terms().stream()
                    .filter(other -> other.firstOutput() == term.firstOutput())
                    .count();
            if (term.gain() != null && same > 1) {
                throw new GraftException(
                        ErrorCode.ADAPTERS_CONFLICT,
                        term.module() + " has a DoRA change and another one",
                        Location.ofNode(null, place.node().displayName()),
                        "Attach one of the adapters, or merge one and attach the other to the result.");
            }
        }
    }
}
