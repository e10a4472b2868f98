package dev.graft.training.autodiff;

/** How the gradients of a node's inputs follow from those of its outputs. */
@FunctionalInterface
public interface GradientRule {
    /** Gives a gradient for each input that has one, with {@link NodeGradient#give}. */
    void differentiate(NodeGradient g);
}
