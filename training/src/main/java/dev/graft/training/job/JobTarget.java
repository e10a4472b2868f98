package dev.graft.training.job;

import dev.graft.adapter.format.peft.LoraScaling;
import dev.graft.compiler.attach.Slots;
import dev.graft.error.DidYouMean;
import dev.graft.error.GraftException;
import dev.graft.training.config.AdapterOptions;
import dev.graft.training.config.FinetuningType;
import dev.graft.training.config.Loss;
import dev.graft.training.config.Targets;
import dev.graft.training.config.TrainingConfig;
import dev.graft.training.graph.Biases;
import dev.graft.training.graph.CrossEntropy;
import dev.graft.training.graph.GraphsOwnLoss;
import dev.graft.training.graph.LossHead;
import dev.graft.training.graph.SquaredError;
import dev.graft.training.graph.TrainingTarget;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainableLayout.Entry;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a configuration is to the training graph. */
final class JobTarget {
    private JobTarget() {}

    static TrainingTarget of(TrainingConfig config) {
        AdapterOptions options = config.adapter();
        if (options.type() == FinetuningType.FULL) {
            return TrainingTarget.full();
        }
        LoraScaling scaling = options.scaling(config.source().file());
        TrainingTarget pairs = TrainingTarget.of(
                        modules(options.targets()), module -> Math.toIntExact(scaling.rank(module)), scaling::scaling)
                .withDropout(options.dropout())
                .withLayers(options.layers());
        TrainingTarget target = options.dora() ? pairs.withDora() : pairs;
        TrainingTarget biased = options.branchBias() ? target.withBranchBias() : target;
        TrainingTarget all = biased.withBiases(Biases.valueOf(options.biases().name()));
        return options.modulesToSave().isEmpty() ? all : all.withWhole(names(options.modulesToSave()));
    }

    /**
     * Makes sure that no module was misspelt among those with a rank or an alpha of their own; PEFT leaves it at its default and says nothing.
     *
     * @throws GraftException {@code TRAINING_CONFIG_INVALID}
     */
    static void requireKnownModules(TrainingConfig config, TrainableLayout layout) {
        AdapterOptions options = config.adapter();
        Set<String> modules = layout.entries().stream()
                .map(Entry::name)
                .filter(name -> name.contains(".lora_"))
                .map(name -> name.substring(0, name.lastIndexOf(".lora_")))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        for (String name : options.scaling(config.source().file()).unmatched(modules)) {
            Set<String> ends = modules.stream()
                    .map(module -> module.substring(module.lastIndexOf('.') + 1))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            String meant = DidYouMean.sentence(name, ends);
            String key = options.patterns().keyOf(name);
            throw config.source()
                    .invalid(
                            key,
                            key + ": no module that gets an adapter matches '" + name + "'",
                            meant.isEmpty()
                                    ? "Name modules of lora_target by their paths, or the ends of them; graft inspect lists them."
                                    : meant);
        }
    }

    static LossHead head(Loss loss) {
        return switch (loss.kind()) {
            case CAUSAL_LM, CLASSIFICATION -> new CrossEntropy();
            case REGRESSION -> new SquaredError();
            case OUTPUT -> new GraphsOwnLoss(loss.output().orElseThrow());
        };
    }

    /** The expression for the modules that get a pair. */
    static String modules(Targets targets) {
        if (targets instanceof Targets.Suffixes suffixes) {
            return names(suffixes.suffixes()).pattern();
        }
        if (targets instanceof Targets.Expression expression) {
            return expression.pattern();
        }
        return targets instanceof Targets.AllLinear all && !all.besides().isEmpty()
                ? Slots.ALL_LINEAR + "|" + names(all.besides()).pattern()
                : Slots.ALL_LINEAR;
    }

    private static Pattern names(List<String> names) {
        return Pattern.compile(names.stream().map(Pattern::quote).collect(Collectors.joining("|")));
    }
}
