package dev.graft.compiler.resolve;

import dev.graft.compiler.resolve.Scope.Value;
import dev.graft.compiler.resolve.Site.BiasSite;
import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.NodeIndex;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lists the places of a model that use stored floating-point or quantised tensors. */
public final class SiteFinder {
    /** Where ONNX Runtime keeps weights in an order of its own, which depends on the processor. */
    private static final Set<String> RELAYOUT_DOMAINS = Set.of("com.microsoft.nchwc", "com.ms.internal.nhwc");

    /** Products whose output is not the layer's: listed only so that a refusal can name them. */
    static final Set<String> INTEGER_PRODUCTS =
            Set.of("MatMulInteger", "QLinearMatMul", "ConvInteger", "QLinearConv", "QGemm", "QAttention");

    private final ModelScopes scopes;
    private final BiasFinder biases;
    private final List<Site> sites = new ArrayList<>();
    private final Set<BiasInput> biasInputs = new HashSet<>();

    private SiteFinder(ModelScopes scopes) {
        this.scopes = scopes;
        this.biases = new BiasFinder(scopes);
    }

    /**
     * All sites of a model in file order, those inside subgraphs and functions after those of the main graph. The bias of a site is
     * part of it and no site of its own.
     *
     * @throws dev.graft.error.GraftException {@code ONNX_UNSUPPORTED} if functions unfold without end
     */
    public static List<Site> sites(ModelIndex model) {
        return sites(ModelScopes.of(model));
    }

    static List<Site> sites(ModelScopes scopes) {
        SiteFinder finder = new SiteFinder(scopes);
        scopes.all().forEach(finder::addSites);
        finder.sites.removeIf(site -> site.kind() == SiteKind.OTHER
                && finder.biasInputs.contains(
                        new BiasInput(site.graph(), site.node().proto(), site.weightInput())));
        return SharedNames.withoutBorrowed(finder.sites);
    }

    private void addSites(Scope scope) {
        for (NodeIndex node : scope.nodes()) {
            if (scopes.isCall(node) || StoredValue.passesThrough(node)) {
                continue;
            }
            for (int input = 0; input < node.inputs().size(); input++) {
                addSite(scope, node, input);
            }
        }
    }

    private void addSite(Scope scope, NodeIndex node, int input) {
        StoredValue stored = StoredValue.trace(scope, node.input(input)).orElse(null);
        if (stored == null) {
            return;
        }
        Optional<Site> site = SiteShapes.of(scope, node, input, stored)
                .map(shape -> site(scope, node, input, stored, shape))
                .or(() -> other(scope, node, input, stored));
        site.ifPresent(sites::add);
    }

    private Site site(Scope scope, NodeIndex node, int input, StoredValue stored, SiteShapes shape) {
        Optional<BiasSite> bias = shape.kind() == SiteKind.GATHER
                ? Optional.empty()
                : biases.find(scope, node, shape.view().outputs());
        bias.ifPresent(
                found -> biasInputs.add(new BiasInput(scope.path(), found.node().proto(), found.input())));
        List<SiteName> names = SiteNames.of(scope, node, stored, "weight", loneBias(scope, bias));
        return new Site(shape.kind(), scope.path(), node, input, shape.view(), bias, names);
    }

    /** The name of a bias that nothing else reads; exporters merge equal biases, so a shared one names nobody. */
    private @Nullable String loneBias(Scope scope, Optional<BiasSite> bias) {
        return bias.flatMap(found -> scope.value(found.node().input(found.input())))
                .filter(value -> scopes.usesOf(value).size() == 1)
                .map(Value::name)
                .orElse(null);
    }

    /** A tensor that can only be replaced as a whole, such as the weight of a norm. */
    private Optional<Site> other(Scope scope, NodeIndex node, int input, StoredValue stored) {
        String role = ParameterRoles.of(node.opType(), input);
        List<SiteName> names = SiteNames.of(scope, node, stored, role, null);
        boolean named = names.stream().anyMatch(name -> name.rule() == Rule.WEIGHT_NAME);
        boolean replaceable = (stored.tensor().dtype().isFloat() || INTEGER_PRODUCTS.contains(node.opType()))
                && !stored.dequantized()
                && !RELAYOUT_DOMAINS.contains(node.domain());
        if (!replaceable || stored.tensor().shape().rank() == 0 && !named || isOwnBias(node, input)) {
            return Optional.empty();
        }
        boolean vector = stored.tensor().shape().rank() < 2;
        WeightView view = WeightView.whole(stored.tensor(), vector ? Orientation.IN_OUT : Orientation.OUT_IN);
        return Optional.of(new Site(SiteKind.OTHER, scope.path(), node, input, view, Optional.empty(), names));
    }

    private static boolean isOwnBias(NodeIndex node, int input) {
        return node.opType().equals("MatMulNBits") && input >= 2;
    }

    private record BiasInput(List<String> graph, ByteRegion node, int input) {}
}
