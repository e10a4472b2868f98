package dev.graft.testkit;

import dev.graft.runtime.adapters.AdapterRuntime;
import dev.graft.runtime.mix.AdapterMix;
import java.nio.file.Path;
import org.assertj.core.annotation.CheckReturnValue;

/** Entry points; see the package's page for an example. */
@CheckReturnValue
public final class GraftAssertions {
    private GraftAssertions() {}

    /** Assertions about the ONNX model in a file. */
    public static ModelAssert assertThatModel(Path model) {
        return new ModelAssert(model);
    }

    /** Assertions about the adapter in a file or PEFT folder. */
    public static AdapterAssert assertThatAdapter(Path adapter) {
        return new AdapterAssert(adapter);
    }

    /** Assertions about a runtime, without an adapter until {@link RuntimeAssert#withAdapter} names one. */
    public static RuntimeAssert assertThatRuntime(AdapterRuntime runtime) {
        return new RuntimeAssert(runtime, AdapterMix.BASE);
    }
}
