package dev.graft.runtime.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A run with its inputs and adapters bound, to be done as often as wanted without binding them again.
 *
 * <p>Holds the session and the adapters until it is closed, whatever their owners do meanwhile. For one thread at a time.
 */
public final class PreparedRun implements AutoCloseable {
    private final ModelSession session;
    private final Map<String, HostTensor> inputs;
    private final Map<String, OnnxTensor> views;
    private final RunOptions options;
    private final Runnable release;
    private boolean closed;

    /** @param inputs kept because the views share their memory */
    PreparedRun(
            ModelSession session,
            Map<String, HostTensor> inputs,
            Map<String, OnnxTensor> views,
            RunOptions options,
            Runnable release) {
        this.session = session;
        this.inputs = inputs;
        this.views = views;
        this.options = options;
        this.release = release;
    }

    /** What it feeds. */
    public Map<String, HostTensor> inputs() {
        return inputs;
    }

    /**
     * Runs the model and copies the outputs.
     *
     * @return the outputs by name, in the model's order; outputs that are no numeric tensors are not computed
     * @throws dev.graft.error.GraftException {@code RUNTIME_FAILED}
     */
    public Map<String, HostTensor> run() {
        try (OrtSession.Result result = runNative()) {
            Map<String, HostTensor> outputs = new LinkedHashMap<>();
            result.forEach(entry -> outputs.put(entry.getKey(), OrtTensors.copy((OnnxTensor) entry.getValue())));
            return Collections.unmodifiableMap(outputs);
        }
    }

    /**
     * Runs the model and drops the outputs where ONNX Runtime made them, for measuring.
     *
     * @throws dev.graft.error.GraftException {@code RUNTIME_FAILED}
     */
    public void runUnread() {
        runNative().close();
    }

    private OrtSession.Result runNative() {
        if (closed) {
            throw new IllegalStateException("the run is closed");
        }
        Set<String> wanted = session.numericOutputs();
        try {
            return session.handle().run(views, wanted, options);
        } catch (OrtException e) {
            throw OrtErrors.notRun(session.file(), e);
        }
    }

    /** Lets go of session and adapters. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            free(views, options, release);
        }
    }

    /** Frees the native parts of a run, also of one that was never completed. */
    static void free(Map<String, OnnxTensor> views, @Nullable RunOptions options, Runnable release) {
        views.values().forEach(OnnxTensor::close);
        if (options != null) {
            options.close();
        }
        release.run();
    }
}
