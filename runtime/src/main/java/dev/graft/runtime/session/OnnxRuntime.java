package dev.graft.runtime.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import dev.graft.error.GraftException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * ONNX Runtime's process-wide part, without its telemetry.
 *
 * <p>Since version 1.29 ONNX Runtime has telemetry on Linux too, which keeps events below the user's cache folder and can send them over the network. It is turned off here as
 * soon as Java can; what it does while it is loaded only the environment variable {@code ORT_DISABLE_TELEMETRY=1} prevents, which {@code ./graft} sets.
 */
public final class OnnxRuntime {
    /** The telemetry matches the process's whole command line recursively: a few kilobytes of it overflow a thread's usual megabyte and end the process. */
    private static final long STACK_BYTES = 64L << 20;

    private static @Nullable OrtEnvironment environment;

    private OnnxRuntime() {}

    /**
     * The process's one environment; never closed.
     *
     * @throws GraftException {@code DEVICE_UNAVAILABLE} where the native libraries cannot be loaded
     */
    public static synchronized OrtEnvironment environment() {
        OrtEnvironment known = environment;
        if (known == null) {
            known = onLargeStack();
            environment = known;
        }
        return known;
    }

    /** ONNX Runtime's version. */
    public static String version() {
        return environment().getVersion();
    }

    private static OrtEnvironment onLargeStack() {
        CompletableFuture<OrtEnvironment> made = new CompletableFuture<>();
        made.completeAsync(OnnxRuntime::make, work -> new Thread(null, work, "graft-onnxruntime", STACK_BYTES).start());
        try {
            return made.join();
        } catch (CompletionException e) {
            throw OrtErrors.noDevice(Device.cpu(), e.getCause() == null ? e : e.getCause());
        }
    }

    private static OrtEnvironment make() {
        OrtEnvironment made = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "graft");
        try {
            made.setTelemetry(false);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime does not turn its telemetry off", e);
        }
        return made;
    }
}
