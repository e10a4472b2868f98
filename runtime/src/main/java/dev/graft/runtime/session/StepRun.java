package dev.graft.runtime.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs of a model one after the other, in which a run takes as inputs what an earlier one computed, without a copy; made by {@link ModelSession#steps}.
 *
 * <p>Holds the session and the adapters until it is closed, whatever their owners do meanwhile. For one thread at a time.
 */
public final class StepRun implements AutoCloseable {
    private final ModelSession session;
    private final RunOptions options;
    private final Runnable release;
    private boolean closed;

    private StepRun(ModelSession session, RunOptions options, Runnable release) {
        this.session = session;
        this.options = options;
        this.release = release;
    }

    /** Takes over the hold on session and adapters. */
    static StepRun open(ModelSession session, List<LoadedAdapter> adapters, Runnable release) {
        RunOptions options = null;
        try {
            options = OrtRuntime.runOptions();
            for (LoadedAdapter adapter : adapters) {
                options.addActiveLoraAdapter(adapter.handle());
            }
            return new StepRun(session, options, release);
        } catch (OrtException e) {
            PreparedRun.free(Map.of(), options, release);
            throw OrtErrors.notRun(session.file(), e);
        }
    }

    /**
     * Runs the model once. Values that are not what the model takes are ONNX Runtime's to refuse.
     *
     * @param values inputs that are new in this run
     * @param kept inputs that are there already
     * @param computed outputs to compute
     * @param into outputs to write into memory that is given, with the very shape that they will have; none of {@code computed}
     * @return what was computed, by name; the caller closes each
     * @throws dev.graft.error.GraftException {@code RUNTIME_FAILED}
     */
    public Map<String, NativeTensor> run(
            Map<String, HostTensor> values,
            Map<String, NativeTensor> kept,
            Set<String> computed,
            Map<String, NativeTensor> into) {
        if (closed) {
            throw new IllegalStateException("the run is closed");
        }
        Map<String, OnnxTensor> views = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, HostTensor> value : values.entrySet()) {
                views.put(value.getKey(), OrtTensors.view(OnnxRuntime.environment(), value.getValue()));
            }
            Map<String, OnnxTensor> fed = new LinkedHashMap<>(views);
            kept.forEach((name, tensor) -> fed.put(name, tensor.handle()));
            Map<String, OnnxTensor> written = new LinkedHashMap<>();
            into.forEach((name, tensor) -> written.put(name, tensor.handle()));
            return owned(session.handle().run(fed, computed, written, options), computed);
        } catch (OrtException e) {
            throw OrtErrors.notRun(session.file(), e);
        } finally {
            views.values().forEach(OnnxTensor::close);
        }
    }

    /** The result is not closed, because that would free its tensors: each of them is closed by whoever has it. */
    private static Map<String, NativeTensor> owned(OrtSession.Result result, Set<String> computed) {
        Map<String, NativeTensor> tensors = new LinkedHashMap<>();
        for (String name : computed) {
            tensors.put(
                    name, NativeTensor.ofResult((OnnxTensor) result.get(name).orElseThrow()));
        }
        return tensors;
    }

    /** Lets go of session and adapters; closing again does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            options.close();
            release.run();
        }
    }
}
