package dev.graft.training.engine;

import ai.onnxruntime.OnnxTensor;
import dev.graft.training.graph.TrainingGraph;
import dev.graft.training.graph.UpdateGraph;
import dev.graft.training.graph.UpdateGraph.Segment;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.ort.OrtGraph;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainableLayout.Group;
import dev.graft.training.step.UpdateRule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The trainable values with their moments, and the graph that updates them. */
final class Optimiser implements AutoCloseable {
    private final OrtGraph graph;
    private final List<Segment> segments;
    private final TwoVectors parameters;
    private final TwoVectors first;
    private final TwoVectors second;
    private final FloatVector rates;
    private final FloatVector keeps;
    private final FloatVector norm = new FloatVector();
    private final Map<String, FloatVector> scalars = new HashMap<>();
    private long updates;

    /** @param scaled whether the gradient is that of a scaled loss */
    Optimiser(TrainableLayout layout, GraphSettings settings, boolean scaled) {
        graph = OrtGraph.open(UpdateGraph.build(layout, scaled), settings.withoutProfile());
        segments = UpdateGraph.segments(layout);
        parameters = new TwoVectors(layout.size());
        first = new TwoVectors(layout.size());
        second = new TwoVectors(layout.size());
        rates = new FloatVector(segments.size());
        keeps = new FloatVector(segments.size());
        for (String name : List.of(
                UpdateGraph.LIMIT, UpdateGraph.BETA1, UpdateGraph.BETA2, UpdateGraph.ROOT_OF_C2, UpdateGraph.EPSILON)) {
            scalars.put(name, new FloatVector());
        }
        if (scaled) {
            scalars.put(UpdateGraph.UNSCALE, new FloatVector());
        }
    }

    FloatVector parameters() {
        return parameters.current();
    }

    FloatVector firstMoment() {
        return first.current();
    }

    FloatVector secondMoment() {
        return second.current();
    }

    long updates() {
        return updates;
    }

    /**
     * Updates, unless the gradient's norm is not finite.
     *
     * @param scale what the gradient has been multiplied by
     * @return the norm
     */
    double update(FloatVector gradient, UpdateRule rule, double scale) {
        set(rule, updates + 1, scale);
        Map<String, OnnxTensor> inputs = new HashMap<>(vectors());
        scalars.forEach((name, value) -> inputs.put(name, value.tensor()));
        inputs.put(UpdateGraph.RATES, rates.tensor());
        inputs.put(UpdateGraph.KEEPS, keeps.tensor());
        inputs.put(TrainingGraph.GRADIENT, gradient.tensor());
        Map<String, OnnxTensor> outputs = new HashMap<>(newVectors());
        outputs.put(UpdateGraph.NORM, norm.tensor());
        graph.run(inputs, Set.of(), outputs).close();
        if (Float.isFinite(norm.get(0))) {
            advance(1);
        }
        return norm.get(0);
    }

    /** What graphs that update read, by the names of their inputs. */
    Map<String, OnnxTensor> vectors() {
        return Map.of(
                TrainingGraph.PARAMETERS,
                parameters.current().tensor(),
                UpdateGraph.FIRST_MOMENT,
                first.current().tensor(),
                UpdateGraph.SECOND_MOMENT,
                second.current().tensor());
    }

    /** Where graphs that update write, by the names of their outputs; it holds from {@link #advance} on. */
    Map<String, OnnxTensor> newVectors() {
        return Map.of(
                TrainingGraph.PARAMETERS + UpdateGraph.NEW,
                parameters.next().tensor(),
                UpdateGraph.FIRST_MOMENT + UpdateGraph.NEW,
                first.next().tensor(),
                UpdateGraph.SECOND_MOMENT + UpdateGraph.NEW,
                second.next().tensor());
    }

    /** Goes on with the new vectors, which so many updates have made. */
    void advance(int count) {
        updates += count;
        parameters.advance();
        first.advance();
        second.advance();
    }

    /** The numbers that the update graph takes, for the update that comes after so many more. */
    Map<String, float[]> numbers(UpdateRule rule, double scale, int ahead) {
        set(rule, updates + ahead + 1, scale);
        Map<String, float[]> numbers = new HashMap<>();
        scalars.forEach((name, value) -> numbers.put(name, value.copy()));
        numbers.put(UpdateGraph.RATES, rates.copy());
        numbers.put(UpdateGraph.KEEPS, keeps.copy());
        return numbers;
    }

    private void set(UpdateRule rule, long step, double scale) {
        double c1 = 1 - Math.pow(rule.beta1(), (double) step);
        double c2 = 1 - Math.pow(rule.beta2(), (double) step);
        for (int i = 0; i < segments.size(); i++) {
            Group group = segments.get(i).group();
            double rate = rule.learningRates().getOrDefault(group, 0.0);
            double decay = group == Group.VECTOR ? 0 : rule.weightDecay();
            rates.set(i, rate / c1);
            keeps.set(i, 1 - rate * decay);
        }
        boolean clips = rule.maxGradientNorm() > 0;
        set(UpdateGraph.LIMIT, clips ? rule.maxGradientNorm() : Float.MAX_VALUE);
        set(UpdateGraph.BETA1, rule.beta1());
        set(UpdateGraph.BETA2, rule.beta2());
        set(UpdateGraph.ROOT_OF_C2, c2 > 0 ? Math.sqrt(c2) : 1);
        set(UpdateGraph.EPSILON, rule.epsilon());
        if (scalars.containsKey(UpdateGraph.UNSCALE)) {
            set(UpdateGraph.UNSCALE, 1 / scale);
        }
    }

    private void set(String scalar, double value) {
        Objects.requireNonNull(scalars.get(scalar), scalar).set(0, value);
    }

    void restore(EngineState state) {
        parameters.current().copyFrom(state.parameters());
        first.current().copyFrom(state.firstMoment());
        second.current().copyFrom(state.secondMoment());
        updates = state.updates();
    }

    @Override
    public void close() {
        graph.close();
        parameters.close();
        first.close();
        second.close();
        rates.close();
        keeps.close();
        norm.close();
        scalars.values().forEach(FloatVector::close);
    }
}
