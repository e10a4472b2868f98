package dev.graft.training.engine;

/** A vector that a step reads and the one that it writes; they change roles when the step counts. */
final class TwoVectors implements AutoCloseable {
    private FloatVector current;
    private FloatVector next;

    TwoVectors(long size) {
        current = new FloatVector(size);
        next = new FloatVector(size);
    }

    FloatVector current() {
        return current;
    }

    FloatVector next() {
        return next;
    }

    void advance() {
        FloatVector old = current;
        current = next;
        next = old;
    }

    @Override
    public void close() {
        current.close();
        next.close();
    }
}
