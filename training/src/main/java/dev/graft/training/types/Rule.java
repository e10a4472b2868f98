package dev.graft.training.types;

/**
 * What follows for an operator's outputs from what is known of its inputs.
 *
 * @param operator its name, with the domain in front where that is not ONNX's own: {@code com.microsoft.Attention}
 * @param inference says it, or throws {@link NotKnown}
 */
record Rule(String operator, Inference inference) {
    /** The body of a rule. */
    interface Inference {
        void infer(NodeFacts n);
    }
}
