package dev.graft.training.graph;

import dev.graft.compiler.attach.Slot;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.Orientation;
import dev.graft.compiler.resolve.PackedModules;
import dev.graft.compiler.resolve.Site;
import dev.graft.compiler.resolve.Site.BiasSite;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.error.GraftException;
import dev.graft.training.graph.WholeWeight.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds the weights and biases that are trained as a whole.
 *
 * <p>Exporters store equal parameters once. A vector that several nodes read, such as the zero biases of a new model, is several
 * parameters that began alike: each reader gets its own. A matrix that several nodes read is one parameter that is tied.
 */
final class WholeWeights {
    private final OnnxModel model;
    private final ModelIndex index;
    private final TrainingTarget target;
    private final WholeModules modules;
    private final Map<String, WholeWeight> found = new LinkedHashMap<>();

    private WholeWeights(OnnxModel model, ModelIndex index, TrainingTarget target) {
        this.model = model;
        this.index = index;
        this.target = target;
        this.modules = new WholeModules(index);
    }

    /**
     * The weights and biases of modules that the target names, and the biases that it asks for.
     *
     * @param slots the modules that get a pair
     * @throws GraftException {@code METHOD_UNSUPPORTED} for a bias that cannot be trained on its own
     */
    static List<WholeWeight> find(OnnxModel model, ModelIndex index, TrainingTarget target, List<Slot> slots) {
        WholeWeights weights = new WholeWeights(model, index, target);
        if (target.biases() != Biases.NONE) {
            slots.forEach(weights::addBias);
        }
        weights.modules.sites().forEach(weights::add);
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
        if (!add(slot.module() + ".bias", bias.view(), new Reader(bias.node(), bias.input()))) {
            throw BranchBiases.unsupported("bias", slot, "its bias is not stored as one tensor of floats");
        }
    }

    private void add(Site site) {
        modules.parameter(site).ifPresent(parameter -> add(site, parameter));
    }

    private void add(Site site, WholeModules.Parameter parameter) {
        String path = parameter.module();
        boolean named = matches(path) && WholeModules.holdsParameter(site);
        // GPT-2 calls its causal mask a bias too
        boolean vector = site.weight().tensor().shape().rank() == 1;
        if (named || vector && isWantedBias(parameter.name())) {
            add(path + "." + parameter.name(), site.weight(), new Reader(site.node(), site.weightInput()));
        }
        if (named || isWantedBias("bias")) {
            site.bias()
                    .filter(bias -> named
                            || PackedModules.of(index, site, parameter.stored()).isEmpty())
                    .ifPresent(bias -> add(path + ".bias", bias.view(), new Reader(bias.node(), bias.input())));
        }
    }

    private boolean isWantedBias(String parameter) {
        return target.biases() == Biases.ALL && parameter.equals("bias");
    }

    private boolean matches(String path) {
        Pattern modules = target.whole();
        return modules.matcher(path).matches()
                || Pattern.compile(".*\\.(?:" + modules.pattern() + ")")
                        .matcher(path)
                        .matches();
    }

    /** Returns whether it can be trained. */
    private boolean add(String name, WeightView view, Reader user) {
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
        boolean own = vector || !target.modules().isEmpty();
        String owner = vector ? user.node().outputs().toString() : own ? name : "";
        found.merge(
                view.tensor().name() + " " + owner,
                new WholeWeight(name, value.get(), transposed, own ? List.of(user) : List.of()),
                (known, again) -> vector || !own ? known : known.withReader(user));
        return true;
    }
}
