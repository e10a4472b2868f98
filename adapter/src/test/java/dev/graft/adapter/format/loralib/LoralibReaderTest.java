package dev.graft.adapter.format.loralib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.TensorReplacement;
import dev.graft.adapter.format.safetensors.SafetensorsFile;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Shared;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoralibReaderTest {
    /** The goldens hold base, lora and merged tensors of one loralib layer, made with r, alpha and enable_lora as given here. */
    @ParameterizedTest
    @CsvSource({
        "linear_r4_alpha8, 8, '', 0",
        "linear_fan_in_fan_out, 8, '', 0",
        "merged_linear_q_v, 32, 'true,false,true', 0",
        "merged_linear_q_v_fifo, 32, 'true,false,true', 0",
        "conv2d, 4, '', 3"
    })
    void layersMergeToWhatLoralibMerges(String name, double alpha, String groups, int kernelSize) {
        SafetensorsFile golden =
                SafetensorsReader.read(Shared.path("conformance/peft/loralib/" + name + ".safetensors"));
        List<Boolean> flags = groups.isEmpty()
                ? List.of()
                : List.of(groups.split(",", -1)).stream().map(Boolean::valueOf).toList();
        OptionalInt kernel = kernelSize == 0 ? OptionalInt.empty() : OptionalInt.of(kernelSize);

        Adapter adapter =
                LoralibReader.read(part(golden, "lora."), new LoralibOptions(OptionalDouble.of(alpha), flags, kernel));

        LowRankChange change = adapter.lowRankChanges().get(0);
        assertThat(change.kind()).isEqualTo(kernelSize == 0 ? LayerKind.LINEAR : LayerKind.CONV_FLAT);
        assertMerges(golden, change, name.endsWith("out") || name.endsWith("fifo"));
    }

    /** An embedding looks like a linear layer; the name of the golden's module does not tell, so the kind is given here. */
    @Test
    void anEmbeddingMergesTransposed() {
        SafetensorsFile golden = SafetensorsReader.read(Shared.path("conformance/peft/loralib/embedding.safetensors"));

        Adapter adapter = LoralibReader.read(part(golden, "lora."), alpha(8));

        assertMerges(golden, adapter.lowRankChanges().get(0), true);
    }

    private static void assertMerges(SafetensorsFile golden, LowRankChange change, boolean transposed) {
        double[] merged = golden.tensors().get("base.layer.weight").toDoubles();
        double[] expected = golden.tensors().get("merged.layer.weight").toDoubles();
        double[] a = change.a().toDoubles();
        double[] b = change.b().toDoubles();
        int rank = (int) change.rank();
        int rows = b.length / rank;
        int columns = a.length / rank;
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                for (int k = 0; k < rank; k++) {
                    merged[transposed ? j * rows + i : i * columns + j] +=
                            change.scaling() * b[i * rank + k] * a[k * columns + j];
                }
            }
        }
        assertThat(merged).hasSameSizeAs(expected);
        for (int i = 0; i < merged.length; i++) {
            assertThat(merged[i]).isCloseTo(expected[i], within(1e-6));
        }
    }

    @Test
    void alphaMustBeGiven() {
        LoralibOptions none = new LoralibOptions(OptionalDouble.empty(), List.of(), OptionalInt.empty());

        assertFails(
                () -> LoralibReader.read(file(matrix("q.lora_A", 2, 3), matrix("q.lora_B", 4, 2)), none),
                ErrorCode.ADAPTER_CONFIG_INVALID,
                "a loralib file does not store alpha, and none was given");
    }

    @Test
    void groupsMustBeGivenWhereTheRanksAskForThem() {
        assertFails(
                () -> LoralibReader.read(file(matrix("q.lora_A", 4, 3), matrix("q.lora_B", 8, 2)), alpha(1)),
                ErrorCode.ADAPTER_CONFIG_INVALID,
                "A [4, 3] and B [8, 2] have different ranks: a MergedLinear with 2 enabled groups");
    }

    @Test
    void embeddingsAreKnownByName() {
        Adapter adapter = LoralibReader.read(
                file(matrix("model.wte.lora_A", 2, 9), matrix("model.wte.lora_B", 4, 2), matrix("head.weight", 2, 2)),
                alpha(4));

        assertThat(adapter.lowRankChanges().get(0).kind()).isEqualTo(LayerKind.EMBEDDING);
        assertThat(adapter.lowRankChanges().get(0).scaling()).isEqualTo(2);
        assertThat(adapter.changes())
                .filteredOn(TensorReplacement.class::isInstance)
                .hasSize(1);
        assertThat(adapter.warnings()).containsExactly("'model.wte' is taken as an embedding by its name");
    }

    @Test
    void tensorsThatDoNotFitAreRefused() {
        assertFails(
                () -> LoralibReader.read(file(matrix("q.lora_A", 2, 3)), alpha(1)),
                ErrorCode.ADAPTER_TENSORS_INVALID,
                "it has no lora_B beside it");
        assertFails(
                () -> LoralibReader.read(file(matrix("q.lora_B", 2, 3)), alpha(1)),
                ErrorCode.ADAPTER_TENSORS_INVALID,
                "it has no lora_A beside it");
        assertFails(
                () -> LoralibReader.read(file(matrix("q.lora_A", 3, 3), matrix("q.lora_B", 4, 2)), alpha(1)),
                ErrorCode.ADAPTER_TENSORS_INVALID,
                "A [3, 3] and B [4, 2] have different ranks");
        assertFails(
                () -> LoralibReader.read(file(matrix("q.lora_C", 3, 3)), alpha(1)),
                ErrorCode.ADAPTER_TENSORS_INVALID,
                "the name has no known meaning in a loralib file");
        assertFails(
                () -> LoralibReader.read(
                        file(matrix("q.lora_A", 2, 3), matrix("q.lora_B", 4, 2)),
                        new LoralibOptions(OptionalDouble.of(1), List.of(), OptionalInt.of(3))),
                ErrorCode.ADAPTER_TENSORS_INVALID,
                "are not those of a convolution with kernel size 3");
    }

    private static LoralibOptions alpha(double value) {
        return new LoralibOptions(OptionalDouble.of(value), List.of(), OptionalInt.empty());
    }

    private static Tensor matrix(String name, int rows, int columns) {
        return Tensor.ofFloats(name, Shape.of(rows, columns), new float[rows * columns]);
    }

    private static SafetensorsFile file(Tensor... tensors) {
        Map<String, Tensor> byName = new LinkedHashMap<>();
        for (Tensor tensor : tensors) {
            byName.put(tensor.name(), tensor);
        }
        return new SafetensorsFile(Path.of("lora.safetensors"), Map.of(), byName);
    }

    private static SafetensorsFile part(SafetensorsFile golden, String prefix) {
        return file(golden.tensors().values().stream()
                .filter(tensor -> tensor.name().startsWith(prefix))
                .map(tensor -> tensor.withName(tensor.name().substring(prefix.length())))
                .toArray(Tensor[]::new));
    }

    private static void assertFails(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorCode code, String message) {
        assertThatThrownBy(call).isInstanceOfSatisfying(GraftException.class, error -> {
            assertThat(error.code()).isEqualTo(code);
            assertThat(error).hasMessageContaining(message);
        });
    }
}
