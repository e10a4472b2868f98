package dev.graft.cli.bench;

import dev.graft.io.Progress;
import dev.graft.runtime.session.Device;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.training.adapter.Initialization;
import dev.graft.training.engine.OrtTrainingEngine;
import dev.graft.training.expand.ExpansionPasses;
import dev.graft.training.graph.CrossEntropy;
import dev.graft.training.graph.TrainingTarget;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.run.plan.AdamW;
import dev.graft.training.run.report.PeakMemory;
import dev.graft.training.step.Batch;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.PlannedUpdate;
import dev.graft.training.step.UpdateRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * Times training steps of a language model on made-up tokens, every one of which is learnt.
 *
 * @param model the ONNX file
 * @param batch rows of a step
 * @param length tokens of a row
 * @param rank of the pairs on all linear layers
 * @param steps that count; a few go before
 * @param threads of ONNX Runtime, 0 for one per processor
 * @param device where the steps run
 * @param format what products are computed in
 * @param perCall how many steps one call of ONNX Runtime does in a further measurement; 1 for none
 */
public record TrainingSteps(
        Path model, int batch, int length, int rank, int steps, int threads, Device device, DType format, int perCall) {
    private static final int WARM_UP = 3;
    private static final int VOCABULARY = 256;
    private static final UpdateRule RULE = AdamW.ofLearningRate(1e-4).ruleAt(1);

    /**
     * What was measured, in seconds.
     *
     * @param median of a whole step
     * @param minimum of a whole step
     * @param update the median of the optimiser's part
     * @param inCalls the median of a step where one call does several, if that was measured and works
     * @param tokensPerSecond at the median
     * @param trainable how many values are trained
     * @param peakMemoryMb the process's largest resident memory in MiB, where the system tells
     * @param breakdown where the time of a profiled step goes, slower than one that is not
     */
    public record Result(
            double median,
            double minimum,
            double update,
            OptionalDouble inCalls,
            double tokensPerSecond,
            long trainable,
            OptionalDouble peakMemoryMb,
            StepBreakdown breakdown) {}

    /** Measures. */
    public Result measure(Progress progress) {
        progress.begin("training " + model.getFileName(), steps + 2L * WARM_UP + (perCall > 1 ? calls() : 0));
        double[] whole = new double[steps];
        double[] update = new double[steps];
        long trainable;
        OptionalDouble memory;
        try (OrtTrainingEngine engine = open(settings(), 1)) {
            trainable = engine.layout().size();
            for (int i = -WARM_UP; i < steps; i++) {
                double[] seconds = step(engine, i);
                if (i >= 0) {
                    whole[i] = seconds[0];
                    update[i] = seconds[1];
                }
                progress.advance(1);
            }
            memory = PeakMemory.megabytes();
        }
        OptionalDouble inCalls = perCall > 1 ? inCalls(progress) : OptionalDouble.empty();
        StepBreakdown breakdown = profile(progress);
        progress.end();
        Arrays.sort(whole);
        Arrays.sort(update);
        double median = whole[steps / 2];
        double tokensPerSecond = batch * length / median;
        return new Result(median, whole[0], update[steps / 2], inCalls, tokensPerSecond, trainable, memory, breakdown);
    }

    private OptionalDouble inCalls(Progress progress) {
        double[] each = new double[calls()];
        try (OrtTrainingEngine engine = open(settings(), perCall)) {
            for (int call = 0; call < each.length; call++) {
                List<PlannedUpdate> updates = planned(call);
                long start = System.nanoTime();
                if (engine.updateAll(updates).isEmpty()) {
                    return OptionalDouble.empty();
                }
                each[call] = (System.nanoTime() - start) / 1e9 / perCall;
                progress.advance(1);
            }
        }
        // the first one allocates
        Arrays.sort(each, 1, each.length);
        return OptionalDouble.of(each[1 + (each.length - 1) / 2]);
    }

    /** At least three behind the first. */
    private int calls() {
        return 1 + Math.max(3, steps / perCall);
    }

    private List<PlannedUpdate> planned(int call) {
        List<PlannedUpdate> updates = new ArrayList<>();
        for (int i = 0; i < perCall; i++) {
            int number = call * perCall + i;
            Batch tokens = tokens(number);
            updates.add(new PlannedUpdate(List.of(tokens), 1f / tokens.counted(), List.of((long) number), RULE));
        }
        return updates;
    }

    private StepBreakdown profile(Progress progress) {
        return StepBreakdown.of(prefix -> {
            try (OrtTrainingEngine engine = open(settings().withProfile(prefix), 1)) {
                double wall = 0;
                for (int i = 0; i < WARM_UP; i++) {
                    wall += step(engine, i)[0];
                    progress.advance(1);
                }
                return new StepBreakdown.Profiled(engine.endProfiling(), wall / WARM_UP);
            }
        });
    }

    private GraphSettings settings() {
        return GraphSettings.DEFAULT.withThreads(threads).on(device);
    }

    private OrtTrainingEngine open(GraphSettings settings, int updatesPerCall) {
        OrtTrainingEngine.Recipe recipe = new OrtTrainingEngine.Recipe(
                model,
                TrainingTarget.of("all-linear", rank, 2),
                new CrossEntropy(),
                ExpansionPasses.forTraining(),
                settings,
                format);
        OrtTrainingEngine engine = OrtTrainingEngine.open(recipe, updatesPerCall);
        float[] first = Initialization.of(engine.layout(), engine.stored(), Initialization.Factors.KAIMING, 1);
        int size = first.length;
        engine.restore(new EngineState(first, new float[size], new float[size], new float[size], 0));
        return engine;
    }

    private double[] step(OrtTrainingEngine engine, int number) {
        Batch tokens = tokens(number);
        long start = System.nanoTime();
        engine.accumulate(tokens, 1f / tokens.counted(), number);
        long middle = System.nanoTime();
        engine.update(RULE);
        long end = System.nanoTime();
        return new double[] {(end - start) / 1e9, (end - middle) / 1e9};
    }

    private Batch tokens(int seed) {
        int count = Math.multiplyExact(batch, length);
        long[] ids = new SplittableRandom(seed).longs(count, 3, VOCABULARY).toArray();
        long[] mask = new long[count];
        long[] labels = new long[count];
        for (int i = 0; i < count; i++) {
            mask[i] = 1;
            labels[i] = i % length == length - 1 ? Batch.IGNORED : ids[i + 1];
        }
        Shape shape = Shape.of(batch, length);
        return new Batch(
                Map.of("input_ids", HostTensor.ofLongs(shape, ids), "attention_mask", HostTensor.ofLongs(shape, mask)),
                Optional.of(HostTensor.ofLongs(shape, labels)),
                (long) batch * (length - 1),
                count);
    }
}
