package dev.graft.training.autodiff;

import dev.graft.runtime.session.HostTensor;
import java.util.Map;

/** The gradient of {@code Σ output · cotangent} by differences of five points, exact for polynomials of the fourth degree. */
final class CentralDifferences {
    private final GraphRun run;
    private final Map<String, double[]> cotangents;

    CentralDifferences(GraphRun run, Map<String, double[]> cotangents) {
        this.run = run;
        this.cotangents = cotangents;
    }

    /** The derivative by one element of an input. */
    double at(String input, int element, double step) {
        FeedBuffer feed = run.feed(input);
        double middle = feed.get(element);
        double near = loss(feed, element, middle + step) - loss(feed, element, middle - step);
        double far = loss(feed, element, middle + 2 * step) - loss(feed, element, middle - 2 * step);
        feed.set(element, middle);
        return (8 * near - far) / (12 * step);
    }

    private double loss(FeedBuffer feed, int element, double value) {
        feed.set(element, value);
        Map<String, HostTensor> outputs = run.outputs();
        double sum = 0;
        for (Map.Entry<String, double[]> cotangent : cotangents.entrySet()) {
            HostTensor output = java.util.Objects.requireNonNull(outputs.get(cotangent.getKey()));
            double[] values = output.toDoubles();
            for (int i = 0; i < values.length; i++) {
                sum += values[i] * cotangent.getValue()[i];
            }
        }
        return sum;
    }
}
