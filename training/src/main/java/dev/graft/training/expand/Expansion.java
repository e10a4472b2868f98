package dev.graft.training.expand;

/** Writes one operator out in others. */
@FunctionalInterface
interface Expansion {
    /**
     * Writes the node out and gives the values of its outputs, in the order of the node's outputs.
     *
     * @return false if this use of the operator cannot be written out; the node then stays as it is
     */
    boolean expand(NodeExpansion n);
}
