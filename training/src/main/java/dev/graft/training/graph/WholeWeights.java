package dev.graft.training.graph;

import dev.graft.compiler.attach.Slot;
import dev.graft.compiler.attach.Slots;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.Orientation;
import dev.graft.compiler.resolve.OriginalNames;
import dev.graft.compiler.resolve.PackedModules;
import dev.graft.compiler.resolve.Rule;
import dev.graft.compiler.resolve.Site;
import dev.graft.compiler.resolve.Site.BiasSite;
import dev.graft.compiler.resolve.SiteFinder;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.compiler.resolve.SiteName;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.error.GraftException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Finds the weights and biases that are trained as a whole.
 *
 * <p>Exporters store equal parameters once. A vector that several nodes read, such as the zero biases of a new model, is several
 * parameters that began alike: each reader gets its own. A matrix that several nodes read is one parameter that is tied.
 */
final class WholeWeights {
    private static final Pattern EXPORTERS_CONSTANT = Pattern.compile("(.*[./])?Constant(_\\d+)?_output_\\d+");

    /** What PyTorch's models hold besides parameters. */
    private static final Set<String> BUFFERS = Set.of("inv_freq", "original_inv_freq", "cos_cached", "sin_cached");

    private final OnnxModel model;
    private final ModelIndex index;
    private final TrainingTarget target;
    private final int wrapper;
    private final UnaryOperator<String> original;
    private final Map<String, WholeWeight> found = new LinkedHashMap<>();

    private WholeWeights(OnnxModel model, ModelIndex index, TrainingTarget target, int wrapper) {
        this.model = model;
        this.index = index;
        this.target = target;
        this.wrapper = wrapper;
        this.original = OriginalNames.of(index);
    }

    /**
     * The weights and biases of modules that the target names, and the biases that it asks for.
     *
     * @param slots the modules that get a pair
     * @throws GraftException {@code METHOD_UNSUPPORTED} for a bias that cannot be trained on its own
     */
    static List<WholeWeight> find(OnnxModel model, ModelIndex index, TrainingTarget target, List<Slot> slots) {
        List<Site> sites = SiteFinder.sites(index);
        WholeWeights weights = new WholeWeights(model, index, target, Slots.lengthOfWrapper(sites));
        if (target.biases() != Biases.NONE) {
            slots.forEach(weights::addBias);
        }
        sites.stream().filter(site -> site.graph().isEmpty()).forEach(weights::add);
        return new ArrayList<>(weights.found.values());
    }

    private void addBias(Slot slot) {
        BiasSite bias = slot.site().bias().orElse(null);
        if (bias == null) {
            return;
        }
        if (!slot.view().isWhole() || !slot.site().graph().isEmpty()) {
            throw BranchBiases.unsupported("bias", slot, "its bias is a part of one that several modules share");
        }
        if (!add(slot.module() + ".bias", bias.view(), bias.node())) {
            throw BranchBiases.unsupported("bias", slot, "its bias is not stored as one tensor of floats");
        }
    }

    private void add(Site site) {
        if (site.names().isEmpty()) {
            return;
        }
        // a stored name says which parameter it is, the name of a node only which module
        SiteName name = site.names().stream()
                .filter(candidate -> candidate.rule() == Rule.WEIGHT_NAME)
                .findFirst()
                .orElse(site.names().get(0));
        String module = name.module();
        String path = original.apply(module.length() > wrapper ? module.substring(wrapper) : module);
        if (EXPORTERS_CONSTANT.matcher(module).matches() || BUFFERS.contains(name.parameter())) {
            return;
        }
        boolean named = matches(path) && site.kind() != SiteKind.QUANTIZED_MATMUL && !isNoMatrix(site);
        // GPT-2 calls its causal mask a bias too
        boolean vector = site.weight().tensor().shape().rank() == 1;
        if (named || vector && isWantedBias(name.parameter())) {
            add(path + "." + name.parameter(), site.weight(), site.node());
        }
        if (named || isWantedBias("bias")) {
            site.bias()
                    .filter(bias ->
                            named || PackedModules.of(index, site, module).isEmpty())
                    .ifPresent(bias -> add(path + ".bias", bias.view(), bias.node()));
        }
    }

    private boolean isWantedBias(String parameter) {
        return target.biases() == Biases.ALL && parameter.equals("bias");
    }

    /** The frequencies of rotary embeddings are multiplied with positions as a weight would be, but they are a constant. */
    private static boolean isNoMatrix(Site site) {
        boolean product = site.kind() == SiteKind.MATMUL || site.kind() == SiteKind.GEMM;
        return product && site.weight().tensor().shape().rank() != 2;
    }

    private boolean matches(String path) {
        Pattern modules = target.whole();
        return modules.matcher(path).matches()
                || Pattern.compile(".*\\.(?:" + modules.pattern() + ")")
                        .matcher(path)
                        .matches();
    }

    /** Returns whether it can be trained. */
    private boolean add(String name, WeightView view, NodeIndex user) {
        Optional<Value> value = model.graph().find(view.tensor().name());
        boolean trainable = value.isPresent()
                && value.get().initializer().isPresent()
                && view.isWhole()
                && view.tensor().dtype().isFloat()
                && view.tensor().shape().rank() > 0;
        if (!trainable) {
            return false;
        }
        boolean vector = view.tensor().shape().rank() == 1;
        boolean transposed = view.tensor().shape().rank() == 2 && view.orientation() == Orientation.IN_OUT;
        String key = vector
                ? view.tensor().name() + " " + user.outputs()
                : view.tensor().name();
        found.putIfAbsent(
                key,
                new WholeWeight(
                        name, value.get(), transposed, vector ? Optional.of(user.outputs()) : Optional.empty()));
        return true;
    }
}
