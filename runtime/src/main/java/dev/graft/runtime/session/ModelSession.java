package dev.graft.runtime.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterFile;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterReader;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterWriter;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.error.MissingFile;
import dev.graft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model that is loaded and can be run.
 *
 * <p>Owns the native session and the adapters that it loaded. Safe for several threads. Closing lets runs under way finish and closes the adapters.
 */
public final class ModelSession implements AutoCloseable {
    private final Path file;
    private final SessionSettings settings;
    private final OrtSession session;
    private final Map<String, ValueDescription> inputs;
    private final Map<String, ValueDescription> outputs;
    private final Set<String> numericOutputs;
    private final SharedLifetime lifetime;
    private final OptionalInt baseFingerprint;
    private final Set<LoadedAdapter> adapters = new HashSet<>();
    private volatile Map<String, OverridableInput> overridable = Map.of();
    private volatile boolean overridableRead;

    private ModelSession(Path file, SessionSettings settings, OrtSession session) throws OrtException {
        this.file = file;
        this.settings = settings;
        this.session = session;
        this.inputs = describe(session.getInputInfo());
        this.outputs = describe(session.getOutputInfo());
        this.numericOutputs = new LinkedHashSet<>();
        outputs.values().stream()
                .filter(ValueDescription::isNumeric)
                .forEach(output -> numericOutputs.add(output.name()));
        this.baseFingerprint = OrtRuntime.metadata(session, OnnxAdapterFile.BASE_KEY)
                .filter(text -> text.matches("[0-9]{1,10}") && OnnxAdapterFile.isFingerprint(Long.parseLong(text)))
                .map(text -> OptionalInt.of(Integer.parseInt(text)))
                .orElse(OptionalInt.empty());
        this.lifetime = new SharedLifetime(() -> OrtRuntime.close(session));
    }

    /**
     * Loads a model.
     *
     * @throws GraftException {@code FILE_NOT_FOUND}, {@code RUNTIME_FAILED} with what ONNX Runtime said, {@code DEVICE_UNAVAILABLE}
     */
    public static ModelSession open(Path file, SessionSettings settings) {
        return open(file, settings, ReplacedWeights.NONE);
    }

    /**
     * Loads a model with other weights in place of some of its own, which are copied.
     *
     * @throws GraftException as {@link #open(Path, SessionSettings)}
     */
    public static ModelSession open(Path file, SessionSettings settings, ReplacedWeights replaced) {
        requireFile(file);
        OrtSession session = null;
        try (WeightViews weights = WeightViews.of(replaced)) {
            session = OrtRuntime.open(file, settings, weights);
            return new ModelSession(file, settings, session);
        } catch (OrtException e) {
            if (session != null) {
                OrtRuntime.close(session);
            }
            throw OrtErrors.notLoaded(file, e);
        }
    }

    private static void requireFile(Path file) {
        if (!Files.exists(file)) {
            throw MissingFile.at(file);
        }
        if (!Files.isRegularFile(file)) {
            throw new GraftException(
                    ErrorCode.FILE_NOT_FOUND,
                    "expected a model file, got something else",
                    Location.ofFile(file),
                    "Name the .onnx file itself.");
        }
    }

    /** The model's file. */
    public Path file() {
        return file;
    }

    /** How it was opened. */
    public SessionSettings settings() {
        return settings;
    }

    /** The inputs that every run must feed, in the model's order. */
    public List<ValueDescription> inputs() {
        return List.copyOf(inputs.values());
    }

    /** The outputs, in the model's order. */
    public List<ValueDescription> outputs() {
        return List.copyOf(outputs.values());
    }

    /** The fingerprint of the base that the model was attached to; empty where it does not say. */
    public OptionalInt baseFingerprint() {
        return baseFingerprint;
    }

    /**
     * The initializers that an adapter can override, by name; read from the model's file at the first call.
     *
     * @throws GraftException {@code IO_FAILED} if the file is gone
     */
    public Map<String, OverridableInput> overridableInputs() {
        if (!overridableRead) {
            overridable = Collections.unmodifiableMap(OverridableInputReader.read(file));
            overridableRead = true;
        }
        return overridable;
    }

    /**
     * Loads an {@code .onnx_adapter} file for this model, memory-mapped: keep the file as it is while the adapter is open, and replace it by renaming
     * another one over it.
     *
     * @throws GraftException {@code ONNX_ADAPTER_MALFORMED}; {@code TARGET_NOT_FOUND} for a tensor that the model cannot take,
     *     {@code TARGET_SHAPE_MISMATCH}, {@code ADAPTER_TENSORS_INVALID} for a wrong type, a lone factor or ranks that differ
     */
    public LoadedAdapter loadAdapter(Path adapterFile) {
        return loadAdapter(OnnxAdapterReader.read(adapterFile));
    }

    /**
     * Loads a file whose tables were read already, which are not read again; otherwise as {@link #loadAdapter(Path)}.
     *
     * @throws GraftException as {@link #loadAdapter(Path)}
     */
    public LoadedAdapter loadAdapter(OnnxAdapterFile adapter) {
        Path source = adapter.file();
        List<AdapterParameter> parameters = parametersOf(adapter.tensors().values());
        AdapterChecks.check(source, parameters, file, overridableInputs(), inputs.keySet());
        String name = source.getFileName().toString();
        return register(new LoadedAdapter(this, name, source, parameters, OrtRuntime.loadAdapter(source)));
    }

    /**
     * Loads tensors as an adapter for this model; their bytes are copied.
     *
     * @param name what it is called in messages
     * @param source where the tensors are from, for messages, or null
     * @param tensors named, shaped and typed as the model's overridable inputs
     * @throws GraftException as {@link #loadAdapter(Path)}
     */
    public LoadedAdapter loadAdapter(String name, @Nullable Path source, Collection<Tensor> tensors) {
        List<AdapterParameter> parameters = parametersOf(tensors);
        AdapterChecks.check(source, parameters, file, overridableInputs(), inputs.keySet());
        ByteBuffer bytes = OnnxAdapterWriter.toBuffer(tensors);
        return register(new LoadedAdapter(this, name, source, parameters, OrtRuntime.loadAdapter(bytes, source)));
    }

    private static List<AdapterParameter> parametersOf(Collection<Tensor> tensors) {
        return tensors.stream().map(AdapterParameter::of).toList();
    }

    private LoadedAdapter register(LoadedAdapter adapter) {
        synchronized (adapters) {
            adapters.add(adapter);
        }
        if (lifetime.isClosed()) {
            adapter.close();
            throw closed();
        }
        return adapter;
    }

    /**
     * Runs the model as it is in its file.
     *
     * @return the outputs by name, in the model's order
     * @throws GraftException {@code INPUTS_INVALID}, {@code RUNTIME_FAILED}
     */
    public Map<String, HostTensor> run(Map<String, HostTensor> values) {
        return run(values, List.of());
    }

    /**
     * Runs the model with adapters, which must not set the same tensors: ONNX Runtime would not sum them but take one.
     *
     * @param active adapters that this session loaded
     * @return the outputs by name, in the model's order
     * @throws GraftException {@code INPUTS_INVALID}, {@code RUNTIME_FAILED}, {@code ADAPTERS_CONFLICT}
     */
    public Map<String, HostTensor> run(Map<String, HostTensor> values, List<LoadedAdapter> active) {
        try (PreparedRun run = prepare(values, active)) {
            return run.run();
        }
    }

    /**
     * Binds inputs and adapters for several runs; the caller closes it.
     *
     * @throws GraftException {@code INPUTS_INVALID}, {@code RUNTIME_FAILED}, {@code ADAPTERS_CONFLICT}
     */
    public PreparedRun prepare(Map<String, HostTensor> values, List<LoadedAdapter> active) {
        Map<String, HostTensor> kept = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        InputChecks.check(file, inputs, kept);
        Runnable release = ActiveAdapters.hold(this, active);
        Map<String, OnnxTensor> views = new LinkedHashMap<>();
        RunOptions options = null;
        try {
            options = OrtRuntime.runOptions();
            for (LoadedAdapter adapter : active) {
                options.addActiveLoraAdapter(adapter.handle());
            }
            for (Map.Entry<String, HostTensor> input : kept.entrySet()) {
                views.put(input.getKey(), OrtTensors.view(OnnxRuntime.environment(), input.getValue()));
            }
            return new PreparedRun(this, kept, views, options, release);
        } catch (OrtException e) {
            PreparedRun.free(views, options, release);
            throw OrtErrors.notRun(file, e);
        }
    }

    /**
     * Binds adapters for runs that feed each other; the caller closes it.
     *
     * @throws GraftException {@code RUNTIME_FAILED}, {@code ADAPTERS_CONFLICT}
     */
    public StepRun steps(List<LoadedAdapter> active) {
        return StepRun.open(this, active, ActiveAdapters.hold(this, active));
    }

    /** Frees the native session and the adapters once no run uses them; closing again does nothing. */
    @Override
    public void close() {
        lifetime.close();
        List<LoadedAdapter> open;
        synchronized (adapters) {
            open = List.copyOf(adapters);
        }
        open.forEach(LoadedAdapter::close);
    }

    void forget(LoadedAdapter adapter) {
        synchronized (adapters) {
            adapters.remove(adapter);
        }
    }

    OrtSession handle() {
        return session;
    }

    SharedLifetime lifetime() {
        return lifetime;
    }

    Set<String> numericOutputs() {
        return numericOutputs;
    }

    private static Map<String, ValueDescription> describe(Map<String, ai.onnxruntime.NodeInfo> values) {
        Map<String, ValueDescription> described = new LinkedHashMap<>();
        values.forEach((name, node) -> described.put(name, OrtTensors.describe(name, node.getInfo())));
        return Collections.unmodifiableMap(described);
    }

    IllegalStateException closed() {
        return new IllegalStateException("the session of " + file.getFileName() + " is closed");
    }
}
