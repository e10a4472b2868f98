package dev.graft.training.graph;

import dev.graft.compiler.attach.Slots;
import dev.graft.compiler.resolve.OriginalNames;
import dev.graft.compiler.resolve.Rule;
import dev.graft.compiler.resolve.Site;
import dev.graft.compiler.resolve.SiteFinder;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.compiler.resolve.SiteName;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.TensorIndex;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Which modules of a model have weights of their own that can be trained as a whole. */
public final class WholeModules {
    private static final Pattern EXPORTERS_CONSTANT = Pattern.compile("(.*[./])?Constant(_\\d+)?_output_\\d+");

    /** What PyTorch's models hold besides parameters. */
    private static final Set<String> BUFFERS = Set.of("inv_freq", "original_inv_freq", "cos_cached", "sin_cached");

    /**
     * Inputs of operators that are never learnt, by domain and operator: cosines and sines of positions, which are computed once, and the scales of
     * quantised rows.
     */
    private static final Map<String, Set<Integer>> FIXED = Map.of(
            "com.microsoft.RotaryEmbedding", Set.of(2, 3),
            ".RotaryEmbedding", Set.of(1, 2),
            "com.microsoft.GroupQueryAttention", Set.of(7, 8),
            "com.microsoft.GatherBlockQuantized", Set.of(2, 3));

    private final ModelIndex index;
    private final List<Site> sites;
    private final int wrapper;
    private final UnaryOperator<String> original;

    /**
     * A parameter of a module.
     *
     * @param stored the module's path in the graph
     * @param module the path that adapters have
     * @param name the parameter's own name
     */
    record Parameter(String stored, String module, String name) {}

    WholeModules(ModelIndex index) {
        this.index = index;
        this.sites = SiteFinder.sites(index).stream()
                .filter(site -> site.graph().isEmpty())
                .toList();
        this.wrapper = Slots.lengthOfWrapper(SiteFinder.sites(index));
        this.original = OriginalNames.of(index);
    }

    /** The paths of the modules. */
    public static Set<String> of(ModelIndex index) {
        WholeModules modules = new WholeModules(index);
        Set<String> paths = new LinkedHashSet<>();
        modules.sites.stream()
                .filter(modules::isTrainable)
                .forEach(site -> modules.parameter(site).ifPresent(found -> paths.add(found.module())));
        return paths;
    }

    /** The modules whose weights are integers, which no gradient changes. */
    public static Set<String> quantized(ModelIndex index) {
        WholeModules modules = new WholeModules(index);
        Set<String> paths = new LinkedHashSet<>();
        modules.sites.stream()
                .filter(site -> !site.weight().tensor().dtype().isFloat())
                .forEach(site -> modules.parameter(site).ifPresent(found -> paths.add(found.module())));
        return paths;
    }

    /** All uses of weights in the main graph. */
    List<Site> sites() {
        return sites;
    }

    /** The parameter that a site uses, unless it is a constant of the model or of its exporter. */
    Optional<Parameter> parameter(Site site) {
        if (site.names().isEmpty() || isFixed(site)) {
            return Optional.empty();
        }
        // a stored name says which parameter it is, the name of a node only which module
        SiteName name = site.names().stream()
                .filter(candidate -> candidate.rule() == Rule.WEIGHT_NAME)
                .findFirst()
                .orElse(site.names().get(0));
        String stored = name.module();
        if (EXPORTERS_CONSTANT.matcher(stored).matches() || BUFFERS.contains(name.parameter())) {
            return Optional.empty();
        }
        String path = stored.length() > wrapper ? stored.substring(wrapper) : stored;
        return Optional.of(new Parameter(stored, original.apply(path), name.parameter()));
    }

    private static boolean isFixed(Site site) {
        String operator = site.node().domain() + "." + site.node().opType();
        return FIXED.getOrDefault(operator, Set.of()).contains(site.weightInput());
    }

    private boolean isTrainable(Site site) {
        TensorIndex tensor = site.weight().tensor();
        return holdsParameter(site)
                && index.graph().initializers().containsKey(tensor.name())
                && site.weight().isWhole()
                && tensor.dtype().isFloat()
                && tensor.shape().rank() > 0;
    }

    /** The frequencies of rotary embeddings are multiplied with positions as a weight would be, but they are a constant. */
    static boolean holdsParameter(Site site) {
        boolean product = site.kind() == SiteKind.MATMUL || site.kind() == SiteKind.GEMM;
        return site.kind() != SiteKind.QUANTIZED_MATMUL
                && !(product && site.weight().tensor().shape().rank() != 2);
    }
}
