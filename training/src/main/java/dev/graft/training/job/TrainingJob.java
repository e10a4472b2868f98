package dev.graft.training.job;

import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.runtime.generate.TokenizerSource;
import dev.graft.runtime.session.Device;
import dev.graft.training.adapter.Initialization;
import dev.graft.training.adapter.TrainedAdapter;
import dev.graft.training.config.AdapterOptions;
import dev.graft.training.config.FinetuningType;
import dev.graft.training.config.TrainingConfig;
import dev.graft.training.data.Batches;
import dev.graft.training.data.TrainingData;
import dev.graft.training.engine.OrtTrainingEngine;
import dev.graft.training.expand.ExpansionPasses;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.run.Trainer;
import dev.graft.training.run.checkpoint.AdapterWriter;
import dev.graft.training.run.plan.MicroBatches;
import dev.graft.training.run.plan.RunPlan;
import dev.graft.training.run.report.RunListener;
import dev.graft.training.run.report.RunResult;
import dev.graft.training.step.Batch;
import dev.graft.training.step.EngineState;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A training that is ready to run. Owns the engine. */
public final class TrainingJob implements AutoCloseable {
    /** Enough for the copies of parameters and moments at both ends to be few; the data of as many updates wait in memory. */
    private static final int UPDATES_PER_CALL_ON_CUDA = 8;

    private final TrainingConfig config;
    private final RunPlan plan;
    private final TrainingData data;
    private final OrtTrainingEngine engine;

    private TrainingJob(TrainingConfig config, RunPlan plan, TrainingData data, OrtTrainingEngine engine) {
        this.config = config;
        this.plan = plan;
        this.data = data;
        this.engine = engine;
    }

    /**
     * Reads the data, builds the training graph and draws the first values.
     *
     * @param tokenizer the model's, for data that is text
     * @throws dev.graft.error.GraftException what {@link TrainingData#open} and {@link OrtTrainingEngine#open} throw
     */
    public static TrainingJob open(TrainingConfig config, Optional<TokenizerSource> tokenizer, Device device) {
        RunPlan plan = JobPlan.of(config);
        TargetNames.require(config);
        FullTraining.require(config);
        try (FileContents contents = FileContents.of(config)) {
            TrainingData data = TrainingData.open(config, tokenizer);
            OrtTrainingEngine engine = OrtTrainingEngine.open(recipe(config, device), updatesPerCall(config, device));
            try {
                JobTarget.requireKnownModules(config, engine.layout());
                float[] first = first(config, engine);
                int size = first.length;
                engine.restore(new EngineState(first, new float[size], new float[size], new float[size], 0));
                return new TrainingJob(config, plan.with(contents.hashes()), data, engine);
            } catch (RuntimeException e) {
                engine.close();
                throw e;
            }
        }
    }

    private static OrtTrainingEngine.Recipe recipe(TrainingConfig config, Device device) {
        return new OrtTrainingEngine.Recipe(
                config.model().model(),
                JobTarget.of(config),
                JobTarget.head(config.loss()),
                ExpansionPasses.forTraining(),
                GraphSettings.DEFAULT.on(device).withThreads(config.model().threads()),
                ProductFormat.of(config.model(), device));
    }

    /** On a processor nothing is copied between updates, and chunks of a batch that run side by side are faster than in turn. */
    private static int updatesPerCall(TrainingConfig config, Device device) {
        int given = config.model().updatesPerCall();
        return given > 0 ? given : device instanceof Device.Cuda ? UPDATES_PER_CALL_ON_CUDA : 1;
    }

    /** New values, or those of an adapter that is gone on with. */
    private static float[] first(TrainingConfig config, OrtTrainingEngine engine) {
        return config.model()
                .adapter()
                .map(path -> trained(config, engine).valuesOf(AdapterFiles.readAdapter(path, ReadOptions.DEFAULT)))
                .orElseGet(() -> Initialization.of(engine.layout(), engine.stored(), factors(config), config.seed()));
    }

    private static TrainedAdapter trained(TrainingConfig config, OrtTrainingEngine engine) {
        return new TrainedAdapter(
                engine.layout(), JobTarget.of(config).scaling(), config.model().model(), method(config.adapter()));
    }

    private static Initialization.Factors factors(TrainingConfig config) {
        return switch (config.adapter().initial()) {
            case KAIMING -> Initialization.Factors.KAIMING;
            case GAUSSIAN -> Initialization.Factors.GAUSSIAN;
        };
    }

    /** What was found in the data. */
    public TrainingData data() {
        return data;
    }

    /** How many values are trained. */
    public long trainableValues() {
        return engine.layout().size();
    }

    /**
     * Trains.
     *
     * @throws dev.graft.error.GraftException what {@link Trainer#run} throws
     */
    public RunResult run(List<RunListener> listeners, BooleanSupplier stop) {
        dev.graft.training.run.TrainingData batches = new dev.graft.training.run.TrainingData(
                microBatches(data.training()), data.evaluation().map(TrainingJob::microBatches));
        return new Trainer(engine, plan, batches, writer()).run(listeners, stop);
    }

    private AdapterWriter writer() {
        Path base = config.model().model();
        return config.adapter().type() == FinetuningType.FULL
                ? new FullModel(base, engine.layout(), JobTarget.of(config))
                : new AdapterFolder(trained(config, engine));
    }

    private static String method(AdapterOptions options) {
        if (options.dora()) {
            return "DoRA";
        }
        return options.rankStabilized() ? "rsLoRA" : "LoRA";
    }

    private static MicroBatches microBatches(Batches batches) {
        return new MicroBatches() {
            @Override
            public int perEpoch() {
                return batches.size();
            }

            @Override
            public Batch batch(int epoch, int index) {
                return batches.batch(epoch, index);
            }
        };
    }

    @Override
    public void close() {
        engine.close();
    }
}
