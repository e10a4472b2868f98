package dev.graft.runtime.adapters;

import static dev.graft.runtime.adapters.SummingModel.A;
import static dev.graft.runtime.adapters.SummingModel.B;
import static dev.graft.runtime.adapters.SummingModel.X;
import static dev.graft.runtime.adapters.SummingModel.adding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.adapter.format.convert.AdapterConverter;
import dev.graft.adapter.format.convert.TargetFormat;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterFile;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterWriter;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over {@code y = x + (x·A)·B} with x = (1, 2): an adapter {@link SummingModel#adding adding} n gives (1 + n, 2 + n). */
class AdapterRuntimeTest {
    @TempDir
    Path folder;

    private Path model = Path.of("");
    private AdapterRuntime runtime = null;

    @BeforeEach
    void open() {
        model = SummingModel.write(folder.resolve("attached.onnx"));
        runtime = AdapterRuntime.open(model);
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    @Test
    void eachRunChoosesItsAdapter() {
        runtime.put("three", adding(3, 1));
        runtime.put("thirty", adding(30, 2));

        assertThat(y("three")).containsExactly(4, 5);
        assertThat(y("thirty")).containsExactly(31, 32);
        assertThat(y(AdapterMix.BASE)).containsExactly(1, 2);
        assertThat(runtime.adapters()).containsExactly("thirty", "three");
    }

    @Test
    void adaptersOfEveryFormatAreTheSame() {
        Path peft = folder.resolve("peft");
        Path file = folder.resolve("six.onnx_adapter");
        Path genai = folder.resolve("genai.onnx_adapter");
        AdapterConverter.convert(adding(6, 2), peft, TargetFormat.PEFT, NameStyle.OLIVE, false);
        AdapterConverter.convert(adding(6, 2), file, TargetFormat.ONNX_ADAPTER, NameStyle.OLIVE, false);
        AdapterConverter.convert(adding(6, 2), genai, TargetFormat.ONNX_ADAPTER, NameStyle.GENAI, false);
        runtime.put("peft", peft);
        runtime.put("file", file);
        runtime.put("genai", genai);

        assertThat(y("peft")).containsExactly(7, 8);
        assertThat(y("file")).containsExactly(7, 8);
        assertThat(y("genai")).as("the other names").containsExactly(7, 8);
    }

    @Test
    void aModuleOfALongerNameOnOneSideIsTheSame() {
        runtime.put("wrapped", adding(3, 1, "model.layer.q_proj"));

        assertThat(y("wrapped")).containsExactly(4, 5);
    }

    @Test
    void aMixIsTheWeightedSumOfAdaptersOfAnyRank() {
        runtime.put("three", adding(3, 1));
        runtime.put("thirty", adding(30, 5));
        runtime.put("hundred", adding(100, 2));

        assertThat(y(AdapterMix.of("three", 1, "thirty", 0.5))).containsExactly(19, 20);
        assertThat(y(AdapterMix.of("three", 2).and("thirty", 1).and("hundred", -1)))
                .containsExactly(-63, -62);
        assertThat(y(AdapterMix.of("three", 0))).containsExactly(1, 2);
        assertThat(AdapterMix.of("three", 0.5, "thirty", 1)).hasToString("three@0.5+thirty");
    }

    @Test
    void mixesThatMakeNoSenseAreRefusedWhenTheyAreMade() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AdapterMix.of("a", Double.NaN))
                .withMessage("the weight of 'a' is NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AdapterMix.of("a", 1, "a", 2))
                .withMessage("an adapter is named twice in [a, a@2.0]");
    }

    @Test
    void whatIsNoSummandCannotBeMixed() {
        SummingModel.writeWithGain(model);
        try (AdapterRuntime gains = AdapterRuntime.open(model)) {
            Path dora = folder.resolve("dora.onnx_adapter");
            OnnxAdapterWriter.write(dora, List.of(Tensor.ofFloats("q_proj.lora_gain.weight", Shape.of(2), 1, 1)));
            gains.put("dora", dora);
            gains.put("three", adding(3, 1));

            assertThat(gains.run(X, "dora").get("y").toDoubles()).containsExactly(2, 4);
            GraftException error = failure(() -> gains.run(X, AdapterMix.of("three", 1, "dora", 1)));
            assertThat(error.code()).isEqualTo(ErrorCode.ADAPTERS_CONFLICT);
            assertThat(error)
                    .hasMessage("'dora' cannot be weighted or added to another adapter: this tensor is no summand "
                            + "(it is how DoRA scales what is there)");
            assertThat(failure(() -> gains.run(X, AdapterMix.of("dora", 0.5))).code())
                    .isEqualTo(ErrorCode.ADAPTERS_CONFLICT);
        }
    }

    @Test
    void anUnknownAdapterIsNamedWithThoseThatAreThere() {
        runtime.put("poetry", adding(1, 1));
        runtime.put("math", adding(2, 1));

        GraftException error = failure(() -> y("peotry"));

        assertThat(error.code()).isEqualTo(ErrorCode.ADAPTER_UNKNOWN);
        assertThat(error).hasMessage("unknown adapter \"peotry\"; loaded: math, poetry");
        assertThat(error.remedy()).isEqualTo("Did you mean 'poetry'? Put it there first, or name one that is.");
        runtime.remove("math");
        runtime.remove("poetry");
        assertThat(failure(() -> y("math"))).hasMessage("unknown adapter \"math\"; loaded: none");
        assertThat(runtime.remove("math")).isFalse();
    }

    @Test
    void aLeaseKeepsWhatItBeganWith() {
        runtime.put("a", adding(1, 1));
        runtime.put("b", adding(10, 1));
        try (AdapterLease alone = runtime.lease(AdapterMix.of("a"));
                AdapterLease mixed = runtime.lease(AdapterMix.of("a", 1, "b", 1))) {
            runtime.put("a", adding(5, 1));
            assertThat(alone.run(X).get("y").toDoubles()).containsExactly(2, 3);
            runtime.remove("b");
            assertThat(mixed.run(X).get("y").toDoubles()).containsExactly(12, 13);
        }
        assertThat(y("a")).containsExactly(6, 7);
    }

    @Test
    void anAdapterThatDoesNotFitLeavesTheOneThatIsThere() {
        runtime.put("a", adding(1, 1));

        GraftException error = failure(() -> runtime.put("a", adding(1, 1, "k_proj")));

        assertThat(error.code()).isEqualTo(ErrorCode.TARGET_NOT_FOUND);
        assertThat(error.location().tensor()).isEqualTo("k_proj.lora_A.weight");
        assertThat(y("a")).containsExactly(2, 3);
    }

    @Test
    void aFileThatIsGoneIsNamed() {
        GraftException error = failure(() -> runtime.put("a", folder.resolve("gone")));

        assertThat(error.code()).isEqualTo(ErrorCode.FILE_NOT_FOUND);
        assertThat(runtime.adapters()).isEmpty();
    }

    @Test
    void theLeastRecentlyUsedGoesWhenRoomIsNeededAndComesBackWhenItIsUsed() {
        Events events = new Events();
        // an adapter of rank 1 is two vectors of two float32: 16 bytes
        try (AdapterRuntime small = AdapterRuntime.open(
                model, RuntimeSettings.DEFAULT.withCacheBytes(40).with(events))) {
            small.put("a", adding(1, 1));
            small.put("b", adding(2, 1));
            small.pin("a", true);
            small.put("c", adding(3, 1));
            assertThat(small.loadedBytes()).isEqualTo(32);
            assertThat(small.run(X, "b").get("y").toDoubles()).containsExactly(3, 4);
            small.pin("a", false);
            small.put("c", adding(4, 1));
        }

        assertThat(events.heard)
                .containsExactly(
                        "loaded a 16",
                        "loaded b 16",
                        "loaded c 16",
                        "evicted b 16",
                        "loaded b 16",
                        "evicted c 16",
                        "switched base b",
                        "ran b",
                        "loaded c 16",
                        "evicted a 16");
    }

    @Test
    void whatAListenerThrowsIsLoggedAndDropped() {
        RuntimeListener failing = new RuntimeListener() {
            @Override
            public void ran(AdapterMix mix, Duration ready, Duration took) {
                throw new IllegalStateException("no metrics today");
            }
        };
        Logger log = Logger.getLogger(RuntimeListener.class.getName());
        List<String> lines = new ArrayList<>();
        log.setUseParentHandlers(false);
        log.setFilter(
                line -> lines.add(line.getMessage() + ": " + line.getThrown().getMessage()));
        try (AdapterRuntime metered = AdapterRuntime.open(model, RuntimeSettings.DEFAULT.with(failing))) {
            assertThat(metered.run(X, AdapterMix.BASE).get("y").toDoubles()).containsExactly(1, 2);
            assertThat(lines).containsExactly("a listener failed: no metrics today");
        } finally {
            log.setFilter(null);
            log.setUseParentHandlers(true);
        }
    }

    @Test
    void aReplacedAdapterIsForgottenInEveryMix() {
        runtime.put("a", adding(1, 1));
        runtime.put("b", adding(10, 1));
        assertThat(y(AdapterMix.of("a", 1, "b", 1))).containsExactly(12, 13);
        runtime.put("b", adding(20, 1));

        assertThat(y(AdapterMix.of("a", 1, "b", 1))).containsExactly(22, 23);
        assertThat(runtime.loadedBytes()).isEqualTo(16 + 16 + 32);
        runtime.remove("a");
        assertThat(runtime.loadedBytes()).isEqualTo(16);
    }

    @Test
    void aModelWithoutInputsForAdaptersIsRefused() throws Exception {
        Files.delete(model);
        SummingModel.writeWithoutInputs(model);

        GraftException error = failure(() -> AdapterRuntime.open(model));

        assertThat(error.code()).isEqualTo(ErrorCode.TARGET_NOT_FOUND);
        assertThat(error).hasMessage("the model has no inputs for adapters");
        assertThat(error.remedy()).isEqualTo("Make one that has, with graft attach --style input.");
    }

    @Test
    void anAdapterFileOfAnotherBaseIsRefusedUnlessAnyIsAccepted() {
        int own = OnnxAdapterFile.fingerprint(1);
        int other = OnnxAdapterFile.fingerprint(2);
        SummingModel.write(model, own);
        Path file = folder.resolve("made.onnx_adapter");
        OnnxAdapterWriter.write(file, tensors(DType.FLOAT32), other);
        try (AdapterRuntime strict = AdapterRuntime.open(model);
                AdapterRuntime lenient = AdapterRuntime.open(model, RuntimeSettings.DEFAULT.acceptingAnyBase())) {
            GraftException error = failure(() -> strict.put("a", file));
            assertThat(error.code()).isEqualTo(ErrorCode.ADAPTER_BASE_MISMATCH);
            assertThat(error)
                    .hasMessage(
                            "the adapter file was made for another base: 40000002, and this model was attached to 40000001");
            lenient.put("a", file);
            assertThat(lenient.run(X, "a").get("y").toDoubles()).containsExactly(4, 5);

            Path fits = folder.resolve("fits.onnx_adapter");
            Path silent = folder.resolve("silent.onnx_adapter");
            OnnxAdapterWriter.write(fits, tensors(DType.FLOAT32), own);
            OnnxAdapterWriter.write(silent, tensors(DType.FLOAT32));
            strict.put("a", fits);
            strict.put("a", silent);
            assertThat(strict.run(X, "a").get("y").toDoubles()).containsExactly(4, 5);
        }
    }

    @Test
    void aClosedRuntimeSaysSo() {
        runtime.put("a", adding(1, 1));
        runtime.close();

        assertThatIllegalStateException().isThrownBy(() -> y("a")).withMessage("the runtime is closed");
        assertThatIllegalStateException().isThrownBy(() -> runtime.put("b", adding(1, 1)));
        runtime.close();
    }

    @Test
    void anAdapterFileIsMappedAndAnotherFormatConverted() {
        Path fits = folder.resolve("fits.onnx_adapter");
        Path half = folder.resolve("half.onnx_adapter");
        OnnxAdapterWriter.write(fits, tensors(DType.FLOAT32));
        OnnxAdapterWriter.write(half, tensors(DType.FLOAT16));
        runtime.put("fits", fits);
        runtime.put("half", half);

        try (AdapterLease mapped = runtime.lease(AdapterMix.of("fits"));
                AdapterLease converted = runtime.lease(AdapterMix.of("half"))) {
            assertThat(mapped.adapters().get(0).name()).isEqualTo("fits.onnx_adapter");
            assertThat(converted.adapters().get(0).name()).isEqualTo("half");
            assertThat(converted.run(X)).isEqualTo(mapped.run(X));
        }
    }

    private static List<Tensor> tensors(DType dtype) {
        return List.of(
                Tensor.ofDoubles(A, dtype, Shape.of(2, 1), 1, 1), Tensor.ofDoubles(B, dtype, Shape.of(1, 2), 1, 1));
    }

    private double[] y(String adapter) {
        return runtime.run(X, adapter).get("y").toDoubles();
    }

    private double[] y(AdapterMix mix) {
        return runtime.run(X, mix).get("y").toDoubles();
    }

    private static GraftException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(GraftException.class, call);
    }

    private static final class Events implements RuntimeListener {
        private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void adapterLoaded(AdapterMix mix, long bytes, Duration took) {
            heard.add("loaded " + mix + " " + bytes);
        }

        @Override
        public void adapterEvicted(AdapterMix mix, long bytes) {
            heard.add("evicted " + mix + " " + bytes);
        }

        @Override
        public void adapterSwitched(AdapterMix from, AdapterMix to) {
            heard.add("switched " + from + " " + to);
        }

        @Override
        public void ran(AdapterMix mix, Duration ready, Duration took) {
            heard.add("ran " + mix);
        }
    }
}
