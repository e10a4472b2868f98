package dev.graft.training.expand;

import dev.graft.compiler.ir.Node;

/** Replaces several nodes with one that computes the same. */
interface FusionRule {
    /** What it does: "Replaces X with Y". */
    String description();

    /** Whether a node can be the last of the nodes, as far as its operator tells; costs next to nothing. */
    boolean canEndWith(Node node);

    /** Replaces the nodes that end with this one; returns false, with no change, where they are not exactly what is replaced. */
    boolean apply(Pattern pattern, Node node);
}
