package dev.graft.runtime.adapters;

import dev.graft.adapter.Adapter;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.adapters.AdapterSource.InMemory;
import dev.graft.runtime.adapters.AdapterSource.OnDisk;
import dev.graft.runtime.adapters.Ingredients.Ingredient;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.UnknownAdapter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One model in memory, and adapters that each run chooses by name.
 *
 * <p>The model is one that {@code graft attach --style input} made, or {@code --style batched}: then all rows of a run use the adapter, in a slot. An adapter is checked against it when it is {@linkplain #put put} there; a run that has
 * begun keeps the adapter that it began with, whatever is replaced or removed meanwhile. Owns the session and the adapters. Safe for any number of threads,
 * virtual ones too.
 */
public final class AdapterRuntime implements AutoCloseable {
    private final Carrier carrier;
    private final RuntimeListener listener;
    private final AdapterCache cache;
    private final Map<String, Registration> adapters = new ConcurrentHashMap<>();
    private final AtomicReference<AdapterMix> last = new AtomicReference<>(AdapterMix.BASE);

    private AdapterRuntime(Carrier carrier, RuntimeSettings settings) {
        this.carrier = carrier;
        this.listener = new QuietListener(settings.listener());
        this.cache = new AdapterCache(carrier::load, settings.cacheBytes(), listener);
    }

    /**
     * Opens a model on the processor.
     *
     * @throws GraftException as {@link #open(Path, RuntimeSettings)}
     */
    public static AdapterRuntime open(Path model) {
        return open(model, RuntimeSettings.DEFAULT);
    }

    /**
     * Opens a model.
     *
     * @throws GraftException {@code FILE_NOT_FOUND}, {@code RUNTIME_FAILED}, {@code DEVICE_UNAVAILABLE}, {@code TARGET_NOT_FOUND} if the model has no inputs for
     *     adapters
     */
    public static AdapterRuntime open(Path model, RuntimeSettings settings) {
        return of(ModelSession.open(model, settings.session()), settings);
    }

    /**
     * A model that is open already; closing this closes it.
     *
     * @throws GraftException {@code TARGET_NOT_FOUND} if the model has no inputs for adapters; the session is closed then
     */
    public static AdapterRuntime of(ModelSession session, RuntimeSettings settings) {
        try {
            return new AdapterRuntime(carrier(session, settings), settings);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    /**
     * Reads an adapter, checks that it fits the model, and has it ready under a name; one of that name is replaced, and stays if the new one is refused.
     *
     * @param adapter a PEFT folder, an {@code .onnx_adapter} (mapped into memory where it fits as it is), or a kohya or loralib file; it may be read again, so
     *     it must stay as it is until it is replaced or removed here
     * @throws GraftException whatever is wrong with the adapter, or between it and the model
     */
    public void put(String name, Path adapter) {
        put(new Registration(name, new OnDisk(adapter), false));
    }

    /**
     * Checks that an adapter fits the model and has it ready under a name; one of that name is replaced, and stays if the new one is refused.
     *
     * @throws GraftException {@code CONVERT_UNSUPPORTED} or what is wrong between it and the model
     */
    public void put(String name, Adapter adapter) {
        put(new Registration(name, new InMemory(adapter), false));
    }

    private void put(Registration adapter) {
        cache.acquire(ingredients(adapter)).close();
        Registration before = adapters.put(adapter.name(), adapter);
        if (before != null) {
            adapter.pin(before.pinned());
            withdraw(before);
        }
    }

    /**
     * Takes an adapter away; runs under way end with it.
     *
     * @return whether there was one of that name
     */
    public boolean remove(String name) {
        Registration removed = adapters.remove(name);
        if (removed != null) {
            withdraw(removed);
        }
        return removed != null;
    }

    /**
     * Keeps an adapter loaded whatever else needs room, or no longer.
     *
     * @throws GraftException {@code ADAPTER_UNKNOWN}
     */
    public void pin(String name, boolean keep) {
        registered(name).pin(keep);
    }

    /** The names of the adapters, sorted. */
    public Set<String> adapters() {
        return new TreeSet<>(adapters.keySet());
    }

    /** The bytes of the adapters and mixes that are loaded and kept. */
    public long loadedBytes() {
        return cache.bytes();
    }

    /** The model's session; the runtime owns it. */
    public ModelSession session() {
        return carrier.session();
    }

    /**
     * Runs the model with one adapter as trained.
     *
     * @return the outputs by name, in the model's order
     * @throws GraftException {@code ADAPTER_UNKNOWN}, {@code INPUTS_INVALID}, {@code RUNTIME_FAILED}
     */
    public Map<String, HostTensor> run(Map<String, HostTensor> inputs, String adapter) {
        return run(inputs, AdapterMix.of(adapter));
    }

    /**
     * Runs the model with a mix, which is composed at its first use.
     *
     * @return the outputs by name, in the model's order
     * @throws GraftException {@code ADAPTER_UNKNOWN}, {@code ADAPTERS_CONFLICT} for adapters that cannot be added up, {@code INPUTS_INVALID}, {@code
     *     RUNTIME_FAILED}
     */
    public Map<String, HostTensor> run(Map<String, HostTensor> inputs, AdapterMix mix) {
        long start = System.nanoTime();
        try (AdapterLease lease = lease(mix)) {
            long ready = System.nanoTime();
            Map<String, HostTensor> outputs = lease.run(inputs);
            listener.ran(mix, Duration.ofNanos(ready - start), Duration.ofNanos(System.nanoTime() - ready));
            return outputs;
        }
    }

    /**
     * Has a mix ready for several runs, as a text that is generated needs it; the caller closes it.
     *
     * @throws GraftException {@code ADAPTER_UNKNOWN}, {@code ADAPTERS_CONFLICT}, or what is wrong with an adapter's file that is read again
     */
    public AdapterLease lease(AdapterMix mix) {
        Ingredients wanted = new Ingredients(mix.parts().stream()
                .map(part -> new Ingredient(registered(part.adapter()), part.weight()))
                .toList());
        Carried adapter = wanted.parts().isEmpty() ? null : cache.acquire(wanted);
        AdapterMix before = last.getAndSet(mix);
        if (!before.equals(mix)) {
            listener.adapterSwitched(before, mix);
        }
        return new AdapterLease(mix, carrier, adapter);
    }

    /** Frees the adapters and the session once no run uses them; closing again does nothing. */
    @Override
    public void close() {
        cache.close();
        carrier.close();
    }

    private void withdraw(Registration adapter) {
        adapter.withdraw();
        cache.drop(adapter);
    }

    private Registration registered(String name) {
        Registration adapter = adapters.get(name);
        if (adapter == null) {
            throw UnknownAdapter.named(name, adapters());
        }
        return adapter;
    }

    private static Ingredients ingredients(Registration adapter) {
        return new Ingredients(List.of(new Ingredient(adapter, 1)));
    }

    private static Carrier carrier(ModelSession session, RuntimeSettings settings) {
        if (BatchedModel.isBatched(session.inputs())) {
            return new SlotCarrier(BatchedModel.of(session), settings.anyBase());
        }
        if (session.overridableInputs().keySet().stream().noneMatch(name -> name.contains("lora_A"))) {
            throw new GraftException(
                    ErrorCode.TARGET_NOT_FOUND,
                    "the model has no inputs for adapters",
                    Location.ofFile(session.file()),
                    "Make one that has, with graft attach --style input.");
        }
        return new SwitchingCarrier(session, settings.anyBase());
    }
}
