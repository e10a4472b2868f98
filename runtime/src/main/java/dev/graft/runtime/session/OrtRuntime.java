package dev.graft.runtime.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtLoraAdapter;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How ONNX Runtime's sessions and adapters are made, and freed. */
final class OrtRuntime {
    private OrtRuntime() {}

    /** A session over a file, or over what takes its place. */
    static OrtSession open(Path file, SessionSettings settings, WeightViews weights) {
        try (SessionOptions options = new SessionOptions()) {
            // errors reach the caller as exceptions; printing them too would show everything twice
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            options.setOptimizationLevel(settings.optimize() ? OptLevel.ALL_OPT : OptLevel.NO_OPT);
            if (settings.intraOpThreads() > 0) {
                options.setIntraOpNumThreads(settings.intraOpThreads());
            }
            for (Map.Entry<String, String> entry : settings.configEntries().entrySet()) {
                options.addConfigEntry(entry.getKey(), entry.getValue());
            }
            OrtDevices.use(options, settings.device());
            return weights.open(file, options);
        } catch (OrtException e) {
            throw OrtErrors.notLoaded(file, e);
        }
    }

    /** A metadata property of the model, if it has it. */
    static Optional<String> metadata(OrtSession session, String key) {
        try {
            return session.getMetadata().getCustomMetadataValue(key);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot tell a model's metadata", e);
        }
    }

    /** Options for one run. */
    static RunOptions runOptions() throws OrtException {
        RunOptions options = new RunOptions();
        options.setLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        return options;
    }

    /** A native adapter over a file, memory-mapped. */
    static OrtLoraAdapter loadAdapter(Path file) {
        try {
            return OrtLoraAdapter.create(file.toString());
        } catch (OrtException e) {
            throw OrtErrors.adapterNotLoaded(file, e);
        }
    }

    /** A native adapter with a copy of what a file would hold, in a direct buffer. */
    static OrtLoraAdapter loadAdapter(ByteBuffer bytes, @Nullable Path source) {
        try {
            return OrtLoraAdapter.create(bytes);
        } catch (OrtException e) {
            throw OrtErrors.adapterNotLoaded(source, e);
        }
    }

    /** Frees a session. */
    static void close(OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot close a session", e);
        }
    }
}
