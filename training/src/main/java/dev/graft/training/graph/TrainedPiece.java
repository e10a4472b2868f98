package dev.graft.training.graph;

import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.training.step.TrainableLayout.Group;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of the parameter vector that the graph reads as one value.
 *
 * @param part which part of the vector it belongs to
 * @param tensors what lies in it, one behind the other
 * @param shape as the graph has it
 * @param dtype the number format that the graph wants
 * @param binding lets the graph read a value in its place
 */
record TrainedPiece(Part part, List<Stored> tensors, Shape shape, DType dtype, Consumer<Value> binding) {
    /** The parts of the vector, in their order. */
    enum Part {
        A,
        B,
        MAGNITUDE,
        WHOLE
    }

    /**
     * A tensor of a piece.
     *
     * @param name as PEFT's file has it
     * @param shape as PEFT's file has it
     * @param transposed whether the vector holds its transpose
     * @param group what an optimiser sees in it
     * @param scaling the factor on B and on a branch's bias, dropout's part of it included
     * @param base what the base has, for a whole weight or a magnitude
     */
    record Stored(
            String name,
            Shape shape,
            boolean transposed,
            Group group,
            double scaling,
            @Nullable Tensor base) {}

    TrainedPiece {
        tensors = List.copyOf(tensors);
    }

    long elements() {
        return shape.elements();
    }
}
