package dev.graft.runtime.session;

/**
 * Keeps a native object until its owner has closed it and every user has let go.
 *
 * <p>Safe for several threads; the object is freed exactly once, by whichever comes last.
 */
final class SharedLifetime implements AutoCloseable {
    private final Runnable free;
    private boolean closed;
    private long users;

    SharedLifetime(Runnable free) {
        this.free = free;
    }

    /** Takes hold of the object, or returns false when its owner has closed it. */
    synchronized boolean acquire() {
        if (closed) {
            return false;
        }
        users++;
        return true;
    }

    /** Lets go of what {@link #acquire} took. */
    void release() {
        boolean last;
        synchronized (this) {
            users--;
            last = closed && users == 0;
        }
        if (last) {
            free.run();
        }
    }

    /** Whether the owner has closed it. */
    synchronized boolean isClosed() {
        return closed;
    }

    /** The owner wants it no more; calling this again does nothing. */
    @Override
    public void close() {
        boolean last;
        synchronized (this) {
            last = !closed && users == 0;
            closed = true;
        }
        if (last) {
            free.run();
        }
    }
}
