package dev.graft.runtime.adapters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.testing.Shared;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Files that others wrote, on which ONNX Runtime's own adapter API is silently wrong, in a runtime: made right where there is a right, else refused when they are put there. What is
 * refused already when a session loads it is in {@code ForeignAdapterTest}.
 */
class ForeignFilesTest {
    private static final Map<String, HostTensor> X = Map.of("x", HostTensor.ofFloats(Shape.of(1, 4), 1, 2, 3, 4));

    private AdapterRuntime runtime = null;

    @BeforeEach
    void open() {
        runtime = AdapterRuntime.open(file("m0.onnx"));
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    @Test
    void twoAdaptersForTheSameTensorsAreAddedUp() {
        runtime.put("two", file("r2.onnx_adapter"));
        runtime.put("three", file("r3.onnx_adapter"));
        double[] base = y(AdapterMix.BASE);
        double[] two = y(AdapterMix.of("two"));
        double[] three = y(AdapterMix.of("three"));

        double[] both = y(AdapterMix.of("two", 0.5, "three", -2));

        for (int i = 0; i < base.length; i++) {
            double sum = base[i] + 0.5 * (two[i] - base[i]) - 2 * (three[i] - base[i]);
            assertThat(both[i]).isCloseTo(sum, within(1e-5 * Math.max(1, Math.abs(sum))));
        }
        assertThat(both).isNotEqualTo(base);
    }

    @Test
    void anAdapterOfHalfPrecisionIsConverted() {
        runtime.put("half", file("f16.onnx_adapter"));

        assertThat(y(AdapterMix.of("half"))).doesNotContain(Double.NaN).isNotEqualTo(y(AdapterMix.BASE));
    }

    @Test
    void adaptersThatHoldNothingAreTheBase() {
        runtime.put("empty", file("empty.onnx_adapter"));
        runtime.put("rank 0", file("r0.onnx_adapter"));
        runtime.put("two", file("r2.onnx_adapter"));

        assertThat(y(AdapterMix.of("empty"))).isEqualTo(y(AdapterMix.BASE));
        assertThat(y(AdapterMix.of("rank 0"))).isEqualTo(y(AdapterMix.BASE));
        assertThat(y(AdapterMix.of("two").and("rank 0", 1).and("empty", 1))).isEqualTo(y(AdapterMix.of("two")));
    }

    @ParameterizedTest
    @CsvSource({
        "xin, TARGET_NOT_FOUND",
        "extra, TARGET_NOT_FOUND",
        "constw, TARGET_NOT_FOUND",
        "onlyA, ADAPTER_TENSORS_INVALID",
        "onlyB, ADAPTER_TENSORS_INVALID",
        "badrank, TARGET_SHAPE_MISMATCH",
        "badshape, TARGET_SHAPE_MISMATCH",
        "trunc, ONNX_ADAPTER_MALFORMED",
        "bad, ONNX_ADAPTER_MALFORMED"
    })
    void whatDoesNotFitIsRefusedWhenItIsPutThere(String adapter, ErrorCode code) {
        GraftException error = catchThrowableOfType(
                GraftException.class, () -> runtime.put("foreign", file(adapter + ".onnx_adapter")));

        assertThat(error.code()).as(error.toString()).isEqualTo(code);
        assertThat(error.location().file()).isEqualTo(file(adapter + ".onnx_adapter"));
        assertThat(runtime.adapters()).isEmpty();
    }

    private double[] y(AdapterMix mix) {
        return runtime.run(X, mix).get("y").toDoubles();
    }

    private static Path file(String name) {
        return Shared.path("conformance/onnx_adapter/" + name);
    }
}
