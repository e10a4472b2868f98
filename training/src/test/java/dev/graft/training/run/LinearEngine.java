package dev.graft.training.run;

import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.training.step.Batch;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainableLayout.Entry;
import dev.graft.training.step.TrainableLayout.Group;
import dev.graft.training.step.TrainingEngine;
import dev.graft.training.step.UpdateRule;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/** A softmax classifier x (W + B A)^T + bias with exact gradients, AdamW as PyTorch has it, and dropout on what A reads. */
final class LinearEngine implements TrainingEngine {
    private final int classes;
    private final int features;
    private final int rank;
    private final float[] weight;
    private final double dropout;
    private final TrainableLayout layout;
    private float[] parameters;
    private float[] firstMoment;
    private float[] secondMoment;
    private float[] gradient;
    private long updates;

    /** A model with these frozen weights [classes, features] and first parameters A, B, bias. */
    LinearEngine(float[] weight, float[] parameters, int classes, int rank, double dropout) {
        this.classes = classes;
        this.features = weight.length / classes;
        this.rank = rank;
        this.weight = weight.clone();
        this.parameters = parameters.clone();
        this.dropout = dropout;
        this.firstMoment = new float[parameters.length];
        this.secondMoment = new float[parameters.length];
        this.gradient = new float[parameters.length];
        long b = (long) rank * features;
        long bias = b + (long) classes * rank;
        this.layout = new TrainableLayout(List.of(
                new Entry("layer.lora_A.weight", Shape.of(rank, features), 0, false, Group.LORA_A),
                new Entry("layer.lora_B.weight", Shape.of(classes, rank), b, false, Group.LORA_B),
                new Entry("layer.bias", Shape.of(classes), bias, false, Group.VECTOR)));
    }

    @Override
    public TrainableLayout layout() {
        return layout;
    }

    @Override
    public double accumulate(Batch batch, float weightOfLabel, long seed) {
        Random random = new Random(seed);
        float[] x = floats(batch);
        long[] labels = batch.labels().orElseThrow().toLongs();
        double loss = 0;
        for (int row = 0; row < labels.length; row++) {
            double[] kept = kept(random);
            if (labels[row] != Batch.IGNORED) {
                loss += row(
                        Arrays.copyOfRange(x, row * features, (row + 1) * features),
                        kept,
                        (int) labels[row],
                        weightOfLabel);
            }
        }
        return loss;
    }

    private double[] kept(Random random) {
        double[] kept = new double[features];
        for (int i = 0; i < features; i++) {
            kept[i] = random.nextDouble() < dropout ? 0 : 1 / (1 - dropout);
        }
        return kept;
    }

    private double row(float[] x, double[] kept, int label, float weightOfLabel) {
        double[] low = low(x, kept);
        double[] p = softmax(logits(x, low));
        double loss = -Math.log(p[label]);
        double[] dLow = new double[rank];
        for (int c = 0; c < classes; c++) {
            double d = weightOfLabel * (p[c] - (c == label ? 1 : 0));
            add(rank * features + classes * rank + c, d);
            for (int r = 0; r < rank; r++) {
                add(rank * features + c * rank + r, d * low[r]);
                dLow[r] += d * parameters[rank * features + c * rank + r];
            }
        }
        for (int r = 0; r < rank; r++) {
            for (int f = 0; f < features; f++) {
                add(r * features + f, dLow[r] * x[f] * kept[f]);
            }
        }
        return loss;
    }

    private void add(int index, double value) {
        gradient[index] += (float) value;
    }

    private double[] low(float[] x, double[] kept) {
        double[] low = new double[rank];
        for (int r = 0; r < rank; r++) {
            for (int f = 0; f < features; f++) {
                low[r] += parameters[r * features + f] * x[f] * kept[f];
            }
        }
        return low;
    }

    private double[] logits(float[] x, double[] low) {
        double[] z = new double[classes];
        for (int c = 0; c < classes; c++) {
            z[c] = parameters[rank * features + classes * rank + c];
            for (int f = 0; f < features; f++) {
                z[c] += weight[c * features + f] * x[f];
            }
            for (int r = 0; r < rank; r++) {
                z[c] += parameters[rank * features + c * rank + r] * low[r];
            }
        }
        return z;
    }

    private static double[] softmax(double[] z) {
        double max = Arrays.stream(z).max().orElseThrow();
        double[] e = Arrays.stream(z).map(value -> Math.exp(value - max)).toArray();
        double sum = Arrays.stream(e).sum();
        return Arrays.stream(e).map(value -> value / sum).toArray();
    }

    /** torch.nn.utils.clip_grad_norm_ and torch.optim.AdamW. */
    @Override
    public Updated update(UpdateRule rule) {
        double norm = Math.sqrt(squares());
        if (!Double.isFinite(norm)) {
            return Updated.of(norm);
        }
        double clip = rule.maxGradientNorm() > 0 ? Math.min(1, rule.maxGradientNorm() / (norm + 1e-6)) : 1;
        updates++;
        for (Entry entry : layout.entries()) {
            double rate = Objects.requireNonNull(rule.learningRates().get(entry.group()));
            double decay = entry.group() == Group.VECTOR ? 0 : rule.weightDecay();
            int end = (int) (entry.offset() + entry.shape().elements());
            for (int i = (int) entry.offset(); i < end; i++) {
                update(i, gradient[i] * clip, rate, decay, rule);
            }
        }
        gradient = new float[parameters.length];
        return Updated.of(norm);
    }

    private double squares() {
        double squares = 0;
        for (float value : gradient) {
            squares += (double) value * value;
        }
        return squares;
    }

    private void update(int i, double g, double rate, double decay, UpdateRule rule) {
        firstMoment[i] = (float) (rule.beta1() * firstMoment[i] + (1 - rule.beta1()) * g);
        secondMoment[i] = (float) (rule.beta2() * secondMoment[i] + (1 - rule.beta2()) * g * g);
        double m = firstMoment[i] / (1 - Math.pow(rule.beta1(), (double) updates));
        double v = secondMoment[i] / (1 - Math.pow(rule.beta2(), (double) updates));
        double p = parameters[i] - rate * decay * parameters[i];
        parameters[i] = (float) (p - rate * m / (Math.sqrt(v) + rule.epsilon()));
    }

    @Override
    public Evaluation evaluate(Batch batch) {
        float[] x = floats(batch);
        long[] labels = batch.labels().orElseThrow().toLongs();
        double[] all = new double[features];
        Arrays.fill(all, 1);
        double loss = 0;
        long[] best = new long[labels.length];
        for (int row = 0; row < labels.length; row++) {
            float[] one = Arrays.copyOfRange(x, row * features, (row + 1) * features);
            double[] p = softmax(logits(one, low(one, all)));
            for (int c = 0; c < classes; c++) {
                best[row] = p[c] > p[(int) best[row]] ? c : best[row];
            }
            loss += labels[row] == Batch.IGNORED ? 0 : -Math.log(p[(int) labels[row]]);
        }
        return new Evaluation(loss, Optional.of(HostTensor.ofLongs(Shape.of(best.length), best)));
    }

    private static float[] floats(Batch batch) {
        HostTensor tensor = Objects.requireNonNull(batch.inputs().get("x"));
        float[] values = new float[tensor.elements()];
        tensor.bytes().asFloatBuffer().get(values);
        return values;
    }

    @Override
    public EngineState state() {
        return new EngineState(
                parameters.clone(), firstMoment.clone(), secondMoment.clone(), gradient.clone(), updates);
    }

    @Override
    public void restore(EngineState state) {
        parameters = state.parameters().clone();
        firstMoment = state.firstMoment().clone();
        secondMoment = state.secondMoment().clone();
        gradient = state.gradient().clone();
        updates = state.updates();
    }

    @Override
    public Optional<Entry> firstNotFinite() {
        return layout.entries().stream().filter(this::isNotFinite).findFirst();
    }

    private boolean isNotFinite(Entry entry) {
        int end = (int) (entry.offset() + entry.shape().elements());
        for (int i = (int) entry.offset(); i < end; i++) {
            if (!Float.isFinite(gradient[i]) || !Float.isFinite(parameters[i])) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {}
}
