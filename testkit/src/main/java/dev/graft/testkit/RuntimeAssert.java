package dev.graft.testkit;

import dev.graft.runtime.adapters.AdapterLease;
import dev.graft.runtime.adapters.AdapterRuntime;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.runtime.session.HostTensor;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.annotation.CheckReturnValue;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.error.ErrorMessageFactory;

/** Assertions about a runtime, as it runs without an adapter or with a mix. Does not own the runtime. */
public final class RuntimeAssert extends AbstractAssert<RuntimeAssert, AdapterRuntime> {
    private final AdapterMix mix;

    RuntimeAssert(AdapterRuntime actual, AdapterMix mix) {
        super(actual, RuntimeAssert.class);
        this.mix = mix;
        as("%s", mix);
    }

    /** The same runtime, run with one adapter as trained. */
    @CheckReturnValue
    public RuntimeAssert withAdapter(String name) {
        return withMix(AdapterMix.of(name));
    }

    /** The same runtime, run with a mix. */
    @CheckReturnValue
    public RuntimeAssert withMix(AdapterMix other) {
        isNotNull();
        return new RuntimeAssert(actual, other);
    }

    /**
     * Begins the assertion that runs with this adapter or mix give what another model gives, such as a merged one; nothing is checked before {@link
     * OutputsAssert#onSamples} or {@link OutputsAssert#onInputs}.
     */
    @CheckReturnValue
    public OutputsAssert<RuntimeAssert> producesSameOutputsAs(Path other) {
        isNotNull();
        return new OutputsAssert<>(new Leased(), other);
    }

    private final class Leased implements Subject<RuntimeAssert> {
        @Override
        public Path model() {
            return actual.session().file();
        }

        @Override
        public Opened open() {
            AdapterLease lease = actual.lease(mix);
            return new Opened() {
                @Override
                public Map<String, HostTensor> run(Map<String, HostTensor> inputs) {
                    return lease.run(inputs);
                }

                @Override
                public void close() {
                    lease.close();
                }
            };
        }

        @Override
        public void fail(ErrorMessageFactory message) {
            throwAssertionError(message);
        }

        @Override
        public RuntimeAssert assertion() {
            return RuntimeAssert.this;
        }
    }
}
