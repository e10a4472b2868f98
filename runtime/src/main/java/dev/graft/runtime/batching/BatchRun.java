package dev.graft.runtime.batching;

import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.PreparedRun;
import java.util.Map;

/** A batch with its inputs and adapters bound; holds the adapters' slots until it is closed. For one thread at a time. */
public final class BatchRun implements AutoCloseable {
    private final PreparedRun run;
    private final SlotLease lease;

    BatchRun(PreparedRun run, SlotLease lease) {
        this.run = run;
        this.lease = lease;
    }

    /**
     * Runs the batch.
     *
     * @return the outputs by name, in the model's order
     * @throws dev.graft.error.GraftException {@code RUNTIME_FAILED}
     */
    public Map<String, HostTensor> run() {
        return run.run();
    }

    /** All that the run feeds, slots included, for those who run the session themselves. */
    public Map<String, HostTensor> inputs() {
        return run.inputs();
    }

    @Override
    public void close() {
        run.close();
        lease.close();
    }
}
