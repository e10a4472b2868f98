package dev.graft.cli.io;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.convert.AdapterConverter;
import dev.graft.adapter.format.convert.TargetFormat;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import java.nio.file.Path;
import java.util.List;

/** An adapter of any format, written as ONNX Runtime wants it, loaded into a session, and cleaned up behind. */
public final class SwitchedAdapter implements AutoCloseable {
    private final List<LoadedAdapter> loaded;
    private final TemporaryFolder folder;

    private SwitchedAdapter(List<LoadedAdapter> loaded, TemporaryFolder folder) {
        this.loaded = loaded;
        this.folder = folder;
    }

    /**
     * Loads adapters into a session whose model has inputs for them.
     *
     * @throws dev.graft.error.GraftException {@code CONVERT_UNSUPPORTED} or {@code TARGET_NOT_FOUND}
     */
    public static SwitchedAdapter load(ModelSession session, List<WeightedAdapter> adapters) {
        TemporaryFolder folder = TemporaryFolder.create();
        try {
            List<LoadedAdapter> loaded = adapters.stream()
                    .map(adapter -> load(session, adapter, folder.path().resolve("switched.onnx_adapter")))
                    .toList();
            return new SwitchedAdapter(loaded, folder);
        } catch (RuntimeException | Error e) {
            folder.close();
            throw e;
        }
    }

    /** Loads adapters into a session whose model has inputs for them; into any other, none. */
    public static SwitchedAdapter loadWhereOpen(ModelSession session, List<WeightedAdapter> adapters) {
        boolean open = session.overridableInputs().keySet().stream().anyMatch(name -> name.contains("lora_A"));
        return load(session, open ? adapters : List.of());
    }

    /** The adapters, for a run. */
    public List<LoadedAdapter> loaded() {
        return loaded;
    }

    @Override
    public void close() {
        loaded.forEach(LoadedAdapter::close);
        folder.close();
    }

    private static LoadedAdapter load(ModelSession session, WeightedAdapter weighted, Path file) {
        boolean genai = session.overridableInputs().keySet().stream().anyMatch(name -> name.contains(".lora_A.MatMul"));
        NameStyle names = genai ? NameStyle.GENAI : NameStyle.OLIVE;
        AdapterConverter.convert(weighted.folded(), file, TargetFormat.ONNX_ADAPTER, names, false);
        try {
            return session.loadAdapter(file);
        } catch (GraftException e) {
            throw aboutSource(e, weighted.adapter(), file);
        }
    }

    /** The person knows the adapter's own file, and not the temporary one. */
    private static GraftException aboutSource(GraftException e, Adapter adapter, Path file) {
        Location at = e.location();
        return file.equals(at.file())
                ? new GraftException(
                        e.code(),
                        String.valueOf(e.getMessage()),
                        new Location(adapter.source(), -1, at.tensor(), at.node()),
                        e.remedy(),
                        e)
                : e;
    }
}
