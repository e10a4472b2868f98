package dev.graft.adapter;

import dev.graft.tensor.Tensor;

/** Two matrices that all modules of an adapter share and of which each takes the corner that it needs (VeRA). */
public interface Projections {
    /** The most inputs that a module may have. */
    long mostInputs();

    /**
     * The matrix next to the input, [rank, at least widestInputs].
     *
     * @param widestInputs the inputs of the widest module of the adapter, on which drawn values depend
     */
    Tensor a(long widestInputs);

    /**
     * The matrix next to the output, [at least as many as the module with the most outputs has, rank].
     *
     * @param widestInputs as for A
     */
    Tensor b(long widestInputs);
}
