package dev.graft.cli.io;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.runtime.batching.BatchRun;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.latency.Contender;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.runtime.session.ValueDescription;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A model of any kind with adapters in effect: in its weights, switched in, or in a slot for all rows. */
public sealed interface AdaptedModel extends AutoCloseable {
    /**
     * Opens a model and brings the adapters into effect where it leaves them open.
     *
     * @throws dev.graft.error.GraftException what is wrong with the model, or between it and the adapters
     */
    static AdaptedModel open(Path file, SessionSettings settings, List<WeightedAdapter> adapters) {
        ModelSession session = ModelSession.open(file, settings);
        try {
            if (!BatchedModel.isBatched(session.inputs())) {
                return new Whole(session, SwitchedAdapter.loadWhereOpen(session, adapters));
            }
            BatchedModel model = BatchedModel.of(session);
            NamedMix named = NamedMix.of(adapters);
            return new InSlot(model, model.prepare(named.mix(), named::adapter), new ArrayList<>());
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    /** What a run is fed. */
    List<ValueDescription> inputs();

    /** Runs the model. */
    Map<String, HostTensor> run(Map<String, HostTensor> values);

    /** The model as one that takes part in a benchmark, until this is closed. */
    Contender contender(String name, Map<String, HostTensor> values);

    @Override
    void close();

    /** A model whose rows all have the same adapters. */
    record Whole(ModelSession session, SwitchedAdapter adapter) implements AdaptedModel {
        @Override
        public List<ValueDescription> inputs() {
            return session.inputs();
        }

        @Override
        public Map<String, HostTensor> run(Map<String, HostTensor> values) {
            return session.run(values, adapter.loaded());
        }

        @Override
        public Contender contender(String name, Map<String, HostTensor> values) {
            return new Contender(name, session, values, adapter.loaded());
        }

        @Override
        public void close() {
            adapter.close();
            session.close();
        }
    }

    /**
     * A batched model all of whose rows use one slot.
     *
     * @param prepared runs that were handed out as contenders
     */
    record InSlot(BatchedModel model, SlotAdapter adapter, List<BatchRun> prepared) implements AdaptedModel {
        @Override
        public List<ValueDescription> inputs() {
            return model.inputs();
        }

        @Override
        public Map<String, HostTensor> run(Map<String, HostTensor> values) {
            try (BatchRun run = prepare(values)) {
                return run.run();
            }
        }

        @Override
        public Contender contender(String name, Map<String, HostTensor> values) {
            BatchRun run = prepare(values);
            prepared.add(run);
            return new Contender(name, model.session(), run.inputs(), List.of());
        }

        private BatchRun prepare(Map<String, HostTensor> values) {
            try {
                return model.prepareRun(values, Collections.nCopies(model.rows(values), adapter));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for a slot", e);
            }
        }

        @Override
        public void close() {
            prepared.forEach(BatchRun::close);
            model.close();
        }
    }
}
