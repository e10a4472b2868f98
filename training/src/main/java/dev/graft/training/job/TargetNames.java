package dev.graft.training.job;

import dev.graft.compiler.attach.Slot;
import dev.graft.compiler.attach.Slots;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.error.DidYouMean;
import dev.graft.error.GraftException;
import dev.graft.training.config.FinetuningType;
import dev.graft.training.config.Targets;
import dev.graft.training.config.TrainingConfig;
import dev.graft.training.graph.PlainBase;
import dev.graft.training.graph.TrainingTarget;
import dev.graft.training.graph.WholeModules;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Makes sure, before anything is built, that every name in a configuration means a module of the model. PEFT refuses only where nothing matches at all: a
 * name that is misspelt beside right ones trains less than was asked for, and nobody is told.
 */
final class TargetNames {
    private static final String TARGET = "lora_target";
    private static final String WHOLE = "additional_target";
    private static final String LAYERS = "layers_to_transform";

    /** So many names are enough to see what they look like. */
    private static final int NAMED = 8;

    private final TrainingConfig config;
    private final ModelIndex model;
    private final List<Integer> layers;

    private TargetNames(TrainingConfig config) {
        this.config = config;
        this.model = ModelScanner.scan(config.model().model());
        this.layers = config.adapter().layers();
    }

    /**
     * Checks the names of modules and the numbers of layers.
     *
     * @throws GraftException {@code TRAINING_CONFIG_INVALID} with the first that means nothing, and what it may have been meant to be; {@code
     *     ATTACH_UNSUPPORTED} for a model whose modules have branches already
     */
    static void require(TrainingConfig config) {
        if (config.adapter().type() == FinetuningType.LORA) {
            new TargetNames(config).require();
        }
    }

    private void require() {
        PlainBase.require(model);
        Targets targets = config.adapter().targets();
        names(targets).forEach(name -> found(name, Pattern.quote(name)));
        List<String> chosen = targets instanceof Targets.Expression expression
                ? found(expression.pattern(), expression.pattern())
                : modules(JobTarget.modules(targets));
        requireLayers(chosen);
        names(targets).forEach(name -> requireInLayers(name, modules(Pattern.quote(name))));
        List<String> adapted = chosen.stream().filter(this::isInLayers).toList();
        config.adapter().modulesToSave().forEach(name -> requireWhole(name, adapted));
    }

    private static List<String> names(Targets targets) {
        if (targets instanceof Targets.Suffixes suffixes) {
            return suffixes.suffixes();
        }
        return targets instanceof Targets.AllLinear all ? all.besides() : List.of();
    }

    private List<String> modules(String expression) {
        return Slots.find(model, expression).stream().map(Slot::module).toList();
    }

    private List<String> found(String typed, String expression) {
        List<String> modules = modules(expression);
        if (modules.isEmpty()) {
            throw unknown(TARGET, typed, modules(".*"));
        }
        return modules;
    }

    private void requireLayers(Collection<String> chosen) {
        TreeSet<Integer> there = chosen.stream()
                .flatMapToInt(module -> TrainingTarget.layerOf(module).stream())
                .boxed()
                .collect(Collectors.toCollection(TreeSet::new));
        for (int layer : layers) {
            if (!there.contains(layer)) {
                throw config.source()
                        .invalid(
                                LAYERS,
                                LAYERS + ": no module of lora_target is in layer " + layer,
                                there.isEmpty()
                                        ? "None is in a layer with a number; leave the key out."
                                        : "They are in the layers " + there.first() + " to " + there.last() + ".");
            }
        }
    }

    private void requireInLayers(String name, Collection<String> modules) {
        if (modules.stream().noneMatch(this::isInLayers)) {
            throw config.source()
                    .invalid(
                            TARGET,
                            TARGET + ": no module that '" + name + "' matches is in the layers of " + LAYERS + ", "
                                    + layers,
                            "Leave the name out, or name the layers that have such a module.");
        }
    }

    private boolean isInLayers(String module) {
        return layers.isEmpty() || TrainingTarget.layerOf(module).stream().anyMatch(layers::contains);
    }

    private void requireWhole(String name, Collection<String> adapted) {
        Collection<String> there = WholeModules.of(model);
        if (there.stream().noneMatch(module -> isNamed(module, name))) {
            throw unknown(WHOLE, name, there);
        }
        adapted.stream().filter(module -> isNamed(module, name)).findFirst().ifPresent(module -> {
            throw config.source()
                    .invalid(
                            WHOLE,
                            WHOLE + ": '" + name + "' names " + module + ", which gets an adapter from lora_target too",
                            "A module is trained whole or gets an adapter: take the name out of one of the two; in the place of all, name the modules.");
        });
    }

    private static boolean isNamed(String module, String name) {
        return module.equals(name) || module.endsWith("." + name);
    }

    private GraftException unknown(String key, String typed, Collection<String> modules) {
        int steps = typed.split("\\.", -1).length;
        List<String> ends =
                modules.stream().map(module -> end(module, steps)).distinct().toList();
        return config.source()
                .invalid(
                        key,
                        key + ": no module matches '" + typed + "'; the model has " + some(ends),
                        remedy(typed, modules, ends));
    }

    private static String remedy(String typed, Collection<String> modules, Collection<String> ends) {
        String meant = DidYouMean.sentence(typed, ends);
        if (!meant.isEmpty()) {
            return meant;
        }
        String within = "." + typed + ".";
        List<String> parts = modules.stream()
                .map(module -> "." + module)
                .filter(module -> module.contains(within))
                .map(module -> module.substring(module.indexOf(within) + 1))
                .distinct()
                .toList();
        return parts.isEmpty()
                ? "graft inspect lists the modules; name them by their paths, or the ends of them."
                : "It is made of modules, which are named one by one: " + some(parts) + ".";
    }

    private static String some(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                + (names.size() > NAMED ? ", ..." : "");
    }

    /** The last steps of a path. */
    private static String end(String module, int steps) {
        String[] parts = module.split("\\.", -1);
        return IntStream.range(Math.max(0, parts.length - steps), parts.length)
                .mapToObj(part -> parts[part])
                .collect(Collectors.joining("."));
    }
}
