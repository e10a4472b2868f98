package dev.graft.training.graph;

import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.Formulas;
import java.util.Map;
import java.util.Optional;

/** What a model's output is compared with, and how. */
public interface LossHead {
    /**
     * A loss written behind an output.
     *
     * @param loss the summed loss, a scalar
     * @param gradients of weight times the summed loss, by values of the graph that the loss depends on through nothing else: the output
     *     alone, as a rule
     * @param predictionType the type of what an evaluation compares with the labels, where there is such a thing
     * @param prediction that value
     */
    record Written(Value loss, Map<Value, Value> gradients, Optional<ValueType> predictionType, Value prediction) {
        /** Without a prediction. */
        static Written of(Value loss, Map<Value, Value> gradients) {
            return new Written(loss, gradients, Optional.empty(), loss);
        }
    }

    /** Whether there are labels at all. */
    default boolean hasLabels() {
        return true;
    }

    /** The model's output that it wants; empty for the first one of floating point. */
    default String output() {
        return "";
    }

    /** The number format of the labels. */
    DType labelType();

    /** How many dimensions the labels have, if the output has {@code outputRank}. */
    int labelRank(int outputRank);

    /**
     * Writes loss and gradient.
     *
     * @param output the model's output, of {@code dtype} and {@code rank}
     * @param labels what it is compared with; the output itself where there are none
     * @param weight a scalar of float32
     */
    Written write(Formulas f, Value output, DType dtype, int rank, Value labels, Value weight);
}
