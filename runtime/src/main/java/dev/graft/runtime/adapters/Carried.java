package dev.graft.runtime.adapters;

/** An adapter or mix that is ready for the runs of one model. Several may hold it; what it takes is freed when all have closed it. */
interface Carried extends AutoCloseable {
    /** The bytes that it takes. */
    long bytes();

    /** Another hold on the same. */
    Carried share();

    @Override
    void close();
}
