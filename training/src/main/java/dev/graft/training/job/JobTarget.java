package dev.graft.training.job;

import dev.graft.adapter.Scaling;
import dev.graft.compiler.attach.Slots;
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
import java.util.List;
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
        TrainingTarget pairs = TrainingTarget.of(modules(options.targets()), options.rank(), scaling(options))
                .withDropout(options.dropout())
                .withLayers(options.layers());
        TrainingTarget target = options.dora() ? pairs.withDora() : pairs;
        TrainingTarget biased = options.branchBias() ? target.withBranchBias() : target;
        TrainingTarget all = biased.withBiases(Biases.valueOf(options.biases().name()));
        return options.modulesToSave().isEmpty() ? all : all.withWhole(names(options.modulesToSave()));
    }

    static double scaling(AdapterOptions options) {
        return Scaling.of(options.alpha(), options.rank(), options.rankStabilized());
    }

    static LossHead head(Loss loss) {
        return switch (loss.kind()) {
            case CAUSAL_LM, CLASSIFICATION -> new CrossEntropy();
            case REGRESSION -> new SquaredError();
            case OUTPUT -> new GraphsOwnLoss(loss.output().orElseThrow());
        };
    }

    private static String modules(Targets targets) {
        if (targets instanceof Targets.Suffixes suffixes) {
            return names(suffixes.suffixes()).pattern();
        }
        return targets instanceof Targets.Expression expression ? expression.pattern() : Slots.ALL_LINEAR;
    }

    private static Pattern names(List<String> names) {
        return Pattern.compile(names.stream().map(Pattern::quote).collect(Collectors.joining("|")));
    }
}
