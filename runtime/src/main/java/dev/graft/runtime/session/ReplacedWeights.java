package dev.graft.runtime.session;

import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Weights that take the place of those in a model's files while it is opened, before ONNX Runtime rewrites the graph: what it folds and fuses is made of them.
 *
 * @param model what is read instead of the model file, direct and from 0 to its limit; null for the file itself
 * @param external tensors by the names of initializers that lie in data files, of the same type and shape
 */
public record ReplacedWeights(@Nullable ByteBuffer model, Map<String, HostTensor> external) {
    /** The model as its files are. */
    public static final ReplacedWeights NONE = new ReplacedWeights(null, Map.of());

    public ReplacedWeights {
        external = Map.copyOf(external);
    }
}
