package dev.graft.training.ort;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.session.Device;
import dev.graft.runtime.session.OnnxRuntime;
import dev.graft.runtime.session.OrtDevices;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * A graph built in memory, loaded by ONNX Runtime. Owns the native session; its files must stay as they are until it is closed.
 *
 * <p>On a processor frozen weights are neither copied nor packed: packing would hold each of them a second time, and a third time for the
 * transposed product of the backward pass. On a GPU they are copied to it anyway, in the format that products read: their Cast is
 * folded when the graph is loaded.
 */
public final class OrtGraph implements AutoCloseable {
    private static final String FOLDER_OF_DATA = "session.model_external_initializers_file_folder_path";
    private static final String NO_PACKING = "session.disable_prepacking";
    /**
     * Threads that wait by spinning take their own core from the others wherever something else runs too: a step then took 0.9 s in place
     * of 0.34.
     */
    private static final String SPINNING = "session.intra_op.allow_spinning";

    private static final String FOLDED_BYTES = "optimization.constant_folding_max_output_size_in_bytes";
    private static final String LEFT_OUT = "optimization.disable_specified_optimizers";
    /**
     * Would hold each weight of a float16 file a second time, in float32; and ends the process where a Cast has another name than its
     * output (microsoft/onnxruntime issue 32405).
     */
    private static final String FUSION_OF_HALVES = "FuseFp16InitializerToFp32NodeTransformer";

    private final OrtSession session;

    private OrtGraph(OrtSession session) {
        this.session = session;
    }

    /**
     * Loads a graph.
     *
     * @throws GraftException {@code RUNTIME_FAILED} with what ONNX Runtime said, {@code DEVICE_UNAVAILABLE}
     */
    public static OrtGraph open(OnnxModel model, GraphSettings settings) {
        Path folder = model.file()
                .map(file -> file.toAbsolutePath().normalize().getParent())
                .orElse(Path.of("").toAbsolutePath());
        byte[] bytes = ModelWriter.toReferringBytes(model, folder);
        try (SessionOptions options = new SessionOptions()) {
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            options.setOptimizationLevel(settings.optimize() ? OptLevel.ALL_OPT : OptLevel.NO_OPT);
            options.addConfigEntry(FOLDER_OF_DATA, folder.toString());
            options.addConfigEntry(NO_PACKING, "1");
            if (!(settings.device() instanceof Device.Cuda)) {
                options.addConfigEntry(FOLDED_BYTES, "1048576");
            }
            options.addConfigEntry(LEFT_OUT, FUSION_OF_HALVES);
            options.addConfigEntry(SPINNING, "0");
            // a pattern belongs to the lengths of one batch, and one is kept for each: 1.2 GB in place of 0.8 where
            // lengths vary
            options.setMemoryPatternOptimization(false);
            if (settings.threads() > 0) {
                options.setIntraOpNumThreads(settings.threads());
            }
            if (settings.profile().isPresent()) {
                options.enableProfiling(settings.profile().get().toString());
            }
            OrtDevices.use(options, settings.device());
            return new OrtGraph(environment().createSession(bytes, options));
        } catch (OrtException e) {
            throw new GraftException(
                    ErrorCode.RUNTIME_FAILED,
                    "ONNX Runtime cannot load the training graph: " + e.getMessage(),
                    model.file().map(Location::ofFile).orElse(Location.NONE),
                    "Check that the model itself runs, and that this version of ONNX Runtime has its operators.",
                    e);
        }
    }

    /** ONNX Runtime's process-wide part. */
    public static OrtEnvironment environment() {
        return OnnxRuntime.environment();
    }

    /** What it says of its inputs. */
    public Map<String, NodeInfo> inputs() {
        try {
            return session.getInputInfo();
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    /** What it says of its outputs. */
    public Map<String, NodeInfo> outputs() {
        try {
            return session.getOutputInfo();
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    /**
     * Runs it.
     *
     * @param pinned outputs that are written into memory of the caller's; their shapes must be what the graph gives
     * @return the outputs asked for; the caller closes it
     * @throws GraftException {@code RUNTIME_FAILED}
     */
    public OrtSession.Result run(
            Map<String, ? extends OnnxTensorLike> inputs, Set<String> wanted, Map<String, OnnxTensor> pinned) {
        try {
            return session.run(inputs, wanted, pinned);
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    /** Ends profiling and returns the file it was written to. */
    public Path endProfiling() {
        try {
            return Path.of(session.endProfiling());
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    private static GraftException failed(OrtException e) {
        return new GraftException(
                ErrorCode.RUNTIME_FAILED,
                "ONNX Runtime failed in the training graph: " + e.getMessage(),
                Location.NONE,
                "Check the data: token ids below the vocabulary's size, rows within the model's length.",
                e);
    }
}
