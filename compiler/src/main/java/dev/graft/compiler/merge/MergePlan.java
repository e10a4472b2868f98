package dev.graft.compiler.merge;

import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Consumer;
import dev.graft.compiler.resolve.ConsumerIndex;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.Site.BiasSite;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which stored tensors change in place, which get a changed copy, and how.
 *
 * @param inPlace tensors whose bytes change where they lie
 * @param copies tensors that other consumers keep using unchanged
 * @param warnings what a person should know
 */
record MergePlan(List<TensorEdit> inPlace, List<Copy> copies, List<String> warnings) {
    MergePlan {
        inPlace = List.copyOf(inPlace);
        copies = List.copyOf(copies);
        warnings = List.copyOf(warnings);
    }

    /**
     * A changed copy of a tensor for some of its consumers.
     *
     * @param edit what the copy holds
     * @param uses the nodes that read the copy instead
     */
    record Copy(TensorEdit edit, Set<NodeUse> uses) {}

    /**
     * An input of a node.
     *
     * @param graph the path of the graph that the node is in
     */
    record NodeUse(List<String> graph, NodeIndex node, int input) {}

    /**
     * Plans a merge.
     *
     * @param unshare whether a target that shares its tensor gets a copy
     * @throws GraftException {@code WEIGHT_SHARED}, {@code WEIGHT_NOT_MERGEABLE}, {@code ADAPTERS_CONFLICT}, {@code TARGET_SHAPE_MISMATCH}
     */
    static MergePlan of(Resolution resolution, boolean unshare) {
        Planner planner = new Planner(resolution, unshare);
        planner.plan();
        return new MergePlan(planner.inPlace, planner.copies, List.copyOf(planner.warnings));
    }

    /** All edits, in place first. */
    List<TensorEdit> edits() {
        List<TensorEdit> all = new ArrayList<>(inPlace);
        copies.forEach(copy -> all.add(copy.edit()));
        return all;
    }

    private static final class Planner {
        private final Resolution resolution;
        private final boolean unshare;
        private final ConsumerIndex consumers;
        private final List<TensorEdit> inPlace = new ArrayList<>();
        private final List<Copy> copies = new ArrayList<>();
        private final Set<String> warnings;

        Planner(Resolution resolution, boolean unshare) {
            this.resolution = resolution;
            this.unshare = unshare;
            this.consumers = ConsumerIndex.of(resolution.model());
            this.warnings = new LinkedHashSet<>(resolution.warnings());
        }

        void plan() {
            Map<TensorIndex, List<Binding>> byTensor = new LinkedHashMap<>();
            List<Binding> without = new ArrayList<>();
            for (Binding binding : resolution.bindings()) {
                if (BindingRules.takesPart(binding)) {
                    BindingRules.requireMergeable(binding);
                    byTensor.computeIfAbsent(binding.view().tensor(), tensor -> new ArrayList<>())
                            .add(binding);
                } else {
                    without.add(binding);
                }
            }
            warnings.addAll(LeftOut.warnings(resolution, without));
            byTensor.forEach(this::planTensor);
        }

        private void planTensor(TensorIndex tensor, List<Binding> bindings) {
            Map<NodeUse, List<Binding>> byUse = bindings.stream()
                    .collect(Collectors.groupingBy(MergePlan::useOf, LinkedHashMap::new, Collectors.toList()));
            Map<List<Object>, List<NodeUse>> groups = new LinkedHashMap<>();
            byUse.forEach((use, changes) -> groups.computeIfAbsent(identity(changes), key -> new ArrayList<>())
                    .add(use));
            List<Consumer> others = consumers.consumersOf(tensor).stream()
                    .filter(consumer -> byUse.keySet().stream().noneMatch(use -> isUse(consumer, use)))
                    .toList();
            boolean first = true;
            for (List<NodeUse> group : groups.values()) {
                List<Binding> changes = Objects.requireNonNull(byUse.get(group.get(0)));
                TensorEdit edit = new TensorEdit(tensor, BlockEdits.of(changes, warnings));
                if (first && others.isEmpty() && (groups.size() == 1 || unshare)) {
                    inPlace.add(edit);
                } else if (unshare) {
                    copies.add(new Copy(edit, new LinkedHashSet<>(group)));
                } else {
                    throw shared(tensor, changes.get(0), others, byUse);
                }
                first = false;
            }
        }

        private GraftException shared(
                TensorIndex tensor, Binding target, List<Consumer> others, Map<NodeUse, List<Binding>> byUse) {
            Set<String> names =
                    others.stream().map(Consumer::description).collect(Collectors.toCollection(LinkedHashSet::new));
            byUse.keySet().stream()
                    .filter(use -> !use.equals(useOf(target)))
                    .forEach(use -> names.add(use.node().displayName()));
            return new GraftException(
                    ErrorCode.WEIGHT_SHARED,
                    "the weight of " + target.module() + " is also used by "
                            + names.stream().limit(8).collect(Collectors.joining(", "))
                            + (names.size() > 8 ? " and " + (names.size() - 8) + " more" : "")
                            + ": changing it would change them too",
                    Location.ofTensor(tensor.proto().file(), tensor.name()),
                    "Give the target a copy of its own with --unshare.");
        }

        private static boolean isUse(Consumer consumer, NodeUse use) {
            return consumer.input() == use.input()
                    && consumer.graph().equals(use.graph())
                    && consumer.node()
                            .filter(node -> node.proto().equals(use.node().proto()))
                            .isPresent();
        }

        /** What is done to a tensor, without by whom: equal for consumers that want the same change. */
        private static List<Object> identity(List<Binding> bindings) {
            List<Object> key = new ArrayList<>();
            for (Binding each : bindings) {
                key.add(List.of(each.change(), each.weight(), each.adapterIndex(), each.view(), each.target()));
            }
            return key;
        }
    }

    /** The node input through which a binding's tensor is used, behind what passes it on. */
    static NodeUse useOf(Binding binding) {
        if (binding.target() == Binding.Parameter.BIAS && binding.site().bias().isPresent()) {
            BiasSite bias = binding.site().bias().get();
            return new NodeUse(binding.site().graph(), bias.node(), bias.input());
        }
        return new NodeUse(
                binding.site().graph(), binding.site().node(), binding.site().weightInput());
    }
}
