package dev.graft.compiler.merge;

import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.TensorReplacement;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Orientation;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.Rule;
import dev.graft.compiler.resolve.Site;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.compiler.scan.GraphIndex;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Binds changes to nodes that have the module's own name, so that tests of merging stand on nothing but the index. */
public final class Bindings {
    private Bindings() {}

    public static Resolution byNodeName(ModelIndex model, WeightedAdapter... adapters) {
        List<Binding> bindings = new ArrayList<>();
        for (int i = 0; i < adapters.length; i++) {
            for (ModuleChange change : adapters[i].adapter().changes()) {
                bindings.add(bind(model, change, i, adapters[i].weight()));
            }
        }
        return new Resolution(model, List.of(adapters), bindings, List.of());
    }

    static Binding bind(ModelIndex model, ModuleChange change, int adapter, double weight) {
        NodeIndex node = node(model.graph(), change.module());
        boolean bias = change instanceof TensorReplacement replacement
                && replacement.parameter().equals("bias");
        int input = bias ? 2 : node.opType().equals("Gather") ? 0 : 1;
        TensorIndex tensor = Objects.requireNonNull(model.graph().initializers().get(node.input(input)));
        boolean transposed = node.opType().equals("MatMul")
                || node.opType().equals("Gemm") && node.intAttribute("transB").orElse(0) == 0;
        SiteKind kind = switch (node.opType()) {
            case "MatMul" -> SiteKind.MATMUL;
            case "Gemm" -> SiteKind.GEMM;
            case "Conv" -> SiteKind.CONV;
            case "Gather" -> SiteKind.GATHER;
            default -> SiteKind.OTHER;
        };
        WeightView view = WeightView.whole(tensor, transposed && !bias ? Orientation.IN_OUT : Orientation.OUT_IN);
        Site site = new Site(kind, List.of(), node, input, view, Optional.empty(), List.of());
        return new Binding(change, adapter, weight, site, view, Binding.Parameter.WEIGHT, Rule.NODE_NAME);
    }

    /** The bias part of a change with a bias delta, for a node whose third input is the bias. */
    static Binding bindBias(ModelIndex model, LowRankChange change) {
        NodeIndex node = node(model.graph(), change.module());
        TensorIndex tensor = Objects.requireNonNull(model.graph().initializers().get(node.input(2)));
        WeightView view = WeightView.whole(tensor, Orientation.OUT_IN);
        Site site = new Site(
                SiteKind.GEMM, List.of(), node, 1, view, Optional.of(new Site.BiasSite(node, 2, view)), List.of());
        return new Binding(change, 0, 1, site, view, Binding.Parameter.BIAS, Rule.NODE_NAME);
    }

    static NodeIndex node(GraphIndex graph, String module) {
        String scope = "/" + module.replaceAll("\\.(?!\\d)", "/") + "/";
        return graph.nodes().stream()
                .filter(node -> node.name().startsWith(scope) || node.name().equals(module))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no node for " + module));
    }
}
