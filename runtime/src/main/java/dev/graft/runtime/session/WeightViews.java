package dev.graft.runtime.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * ONNX Runtime's view of weights in memory, needed while a session is made: it copies them into its graph (AddExternalInitializers in onnxruntime_c_api.h says so,
 * and that they can be let go afterwards).
 */
final class WeightViews implements AutoCloseable {
    private static final String FOLDER_OF_DATA = "session.model_external_initializers_file_folder_path";

    private final ReplacedWeights weights;
    private final Map<String, OnnxTensorLike> views = new LinkedHashMap<>();

    private WeightViews(ReplacedWeights weights) {
        this.weights = weights;
    }

    /** Views of the weights; the caller closes them when the session is made. */
    static WeightViews of(ReplacedWeights weights) throws OrtException {
        WeightViews made = new WeightViews(weights);
        try {
            for (Map.Entry<String, HostTensor> weight : weights.external().entrySet()) {
                made.views.put(weight.getKey(), OrtTensors.view(OnnxRuntime.environment(), weight.getValue()));
            }
            return made;
        } catch (OrtException | RuntimeException e) {
            made.close();
            throw e;
        }
    }

    /** A session over a model with these weights in it. */
    OrtSession open(Path file, SessionOptions options) throws OrtException {
        if (!views.isEmpty()) {
            options.addExternalInitializers(views);
        }
        ByteBuffer model = weights.model();
        if (model == null) {
            return OnnxRuntime.environment().createSession(sayable(file), options);
        }
        // without it, data files would be looked for in the process's working directory
        Path folder = file.toAbsolutePath().normalize().getParent();
        options.addConfigEntry(FOLDER_OF_DATA, String.valueOf(folder));
        return OnnxRuntime.environment().createSession(model.duplicate(), options);
    }

    /** ONNX Runtime's Java API hands a path over in Java's own form of UTF-8, which differs from the file system's for these. */
    private static String sayable(Path file) {
        String path = file.toString();
        if (path.chars().anyMatch(sign -> Character.isSurrogate((char) sign))) {
            throw new GraftException(
                    ErrorCode.IO_FAILED,
                    "ONNX Runtime cannot open a path with characters such as emoji in it",
                    Location.ofFile(file),
                    "Rename the file or its folders.");
        }
        return path;
    }

    @Override
    public void close() {
        views.values().forEach(view -> ((OnnxTensor) view).close());
    }
}
