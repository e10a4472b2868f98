package dev.graft.compiler.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.RowReplacement;
import dev.graft.adapter.TensorReplacement;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.wire.WireMessage;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.io.Progress;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergeRefusalTest {
    @TempDir
    Path folder;

    private final LowRankChange change = Matrices.linear("fc", 4, 4, 2, 1, 3);
    private final LowRankChange dora = Matrices.dora(change, Matrices.random("m", DType.FLOAT32, 4, 4));
    private final TensorReplacement replacement =
            new TensorReplacement("fc", "weight", Matrices.random("new", DType.FLOAT32, 5, 4, 4));

    @Test
    void aQuantisedWeightIsRefusedWithTheWayOut() throws IOException {
        Tensor weight = new Tensor(
                "w",
                DType.INT8,
                Shape.of(4, 4),
                Matrices.random("w", DType.FLOAT32, 1, 4).bytes());

        assertRefused(
                gemm(weight),
                ErrorCode.WEIGHT_NOT_MERGEABLE,
                "the weight of fc cannot be merged: it is quantised (int8, read by Gemm)",
                "Use graft attach",
                Matrices.adapter(1, change));
    }

    @Test
    void aWeightWhoseSizeDependsOnItsValuesIsRefused() throws IOException {
        Tensor weight = Matrices.random("w", DType.FLOAT16, 1, 4, 4);
        WireMessage encoded = OnnxFiles.header(weight);
        for (int i = 0; i < 16; i++) {
            encoded.integer(5, 0x3c00 + i);
        }
        ModelIndex base = new OnnxFiles()
                .input("x")
                .gemm("fc", "y", "x", "w")
                .part(5, encoded)
                .output("y")
                .write(folder.resolve("base/model.onnx"));

        assertRefused(
                base,
                ErrorCode.WEIGHT_NOT_MERGEABLE,
                "it is stored in int32_data, where the size depends on the values",
                "raw or external data",
                Matrices.adapter(1, change));
    }

    @Test
    void aValueBeyondTheTypesRangeIsRefusedByItsPlace() throws IOException {
        Tensor weight = Tensor.ofDoubles("w", DType.FLOAT16, Shape.of(2, 2), 1, 1, 65000, 1);
        Tensor a = Tensor.ofFloats("a", Shape.of(1, 2), 1, 0);
        Tensor b = Tensor.ofFloats("b", Shape.of(2, 1), 0, 1000);

        assertRefused(
                gemm(weight),
                ErrorCode.MERGE_NOT_FINITE,
                "the merged weight of fc is beyond the range of float16 at [1, 0], where base (64992.0) and adapter are finite",
                "ADAPTER@0.5",
                Matrices.adapter(1, new LowRankChange("fc", LayerKind.LINEAR, a, b, 1, null, null)));
    }

    @Test
    void aBaseThatIsNoNumberIsToldFromAnAdapterThatIsNone() throws IOException {
        Tensor weight = Tensor.ofFloats("w", Shape.of(2, 2), 1, Float.NEGATIVE_INFINITY, 1, 1);
        Tensor a = Tensor.ofFloats("a", Shape.of(1, 2), 1, 1);
        Tensor b = Tensor.ofFloats("b", Shape.of(2, 1), 1, 1);

        assertRefused(
                gemm(weight),
                ErrorCode.MERGE_NOT_FINITE,
                "the base's weight of fc is -Infinity at [0, 1]: no adapter can make it a finite number",
                "The base is broken there",
                Matrices.adapter(1, new LowRankChange("fc", LayerKind.LINEAR, a, b, 1, null, null)));
    }

    @Test
    void aFactorThatIsNoNumberIsRefused() throws IOException {
        Tensor a = Tensor.ofFloats("a", Shape.of(1, 4), 1, Float.NaN, 0, 0);
        Tensor b = Tensor.ofFloats("b", Shape.of(4, 1), 0, 0, 1, 0);

        assertRefused(
                gemm(Matrices.random("w", DType.FLOAT32, 1, 4, 4)),
                ErrorCode.MERGE_NOT_FINITE,
                "expected finite numbers in the adapter's change of fc, got 1 of 4 values of 'a' that are NaN or infinite",
                "take an earlier checkpoint",
                Matrices.adapter(1, new LowRankChange("fc", LayerKind.LINEAR, a, b, 1, null, null)));
    }

    @Test
    void twoDoraChangesOfOneTargetAreRefused() throws IOException {
        assertRefused(
                gemm(Matrices.random("w", DType.FLOAT32, 1, 4, 4)),
                ErrorCode.ADAPTERS_CONFLICT,
                "fc has two DoRA changes: their norms have no common meaning",
                "separate outputs",
                Matrices.adapter(1, dora),
                Matrices.adapter(1, dora));
    }

    @Test
    void aReplacementAndAnotherAdaptersChangeAreRefused() throws IOException {
        assertRefused(
                gemm(Matrices.random("w", DType.FLOAT32, 1, 4, 4)),
                ErrorCode.ADAPTERS_CONFLICT,
                "fc has a replacement and a change by another adapter: they were not made for each other",
                "weight 0",
                Matrices.adapter(1, replacement),
                Matrices.adapter(1, change));
    }

    @Test
    void thereIsNoHalfAReplacementAndNoHalfDora() throws IOException {
        ModelIndex base = gemm(Matrices.random("w", DType.FLOAT32, 1, 4, 4));

        assertRefused(
                base,
                ErrorCode.ADAPTERS_CONFLICT,
                "fc has a replaced tensor, which cannot be taken with weight 0.5",
                "or 0 to leave it out",
                Matrices.adapter(0.5, replacement));
        assertRefused(
                base,
                ErrorCode.ADAPTERS_CONFLICT,
                "fc has a DoRA change, which cannot be taken with weight 0.5",
                "or 0 to leave it out",
                Matrices.adapter(0.5, dora));
    }

    @Test
    void aRowThatTheTableDoesNotHaveIsRefused() throws IOException {
        assertRefused(
                gemm(Matrices.random("w", DType.FLOAT32, 1, 4, 4)),
                ErrorCode.TARGET_SHAPE_MISMATCH,
                "expected values for a block of 4 x 4 of 'w', got r [1, 4]",
                "",
                Matrices.adapter(
                        1, new RowReplacement("fc", List.of(4L), Matrices.random("r", DType.FLOAT32, 1, 1, 4))));
    }

    @Test
    void theBaseIsNeverOverwritten() throws IOException {
        ModelIndex base = new OnnxFiles()
                .input("x")
                .gemm("fc", "y", "x", "w")
                .external(Matrices.random("w", DType.FLOAT32, 1, 4, 4), 0)
                .output("y")
                .write(folder.resolve("base/model.onnx"));
        byte[] data = Files.readAllBytes(folder.resolve("base/model.data"));

        for (String output : List.of("model.onnx", "other.onnx")) {
            assertThatThrownBy(() -> Merger.merge(
                            Bindings.byNodeName(base, Matrices.adapter(1, change)),
                            folder.resolve("base").resolve(output),
                            new MergeOptions(false, true, 1),
                            Progress.NONE))
                    .isInstanceOfSatisfying(
                            GraftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_IS_INPUT));
        }

        assertThat(folder.resolve("base/model.data")).hasBinaryContent(data);
        assertThat(folder.resolve("base/other.onnx")).doesNotExist();
    }

    private ModelIndex gemm(Tensor weight) throws IOException {
        return new OnnxFiles()
                .input("x")
                .gemm("fc", "y", "x", "w")
                .inline(weight)
                .output("y")
                .write(folder.resolve("base/model.onnx"));
    }

    private void assertRefused(
            ModelIndex base, ErrorCode code, String message, String remedy, WeightedAdapter... adapters) {
        assertThatThrownBy(() -> Merger.merge(
                        Bindings.byNodeName(base, adapters),
                        folder.resolve("out/model.onnx"),
                        MergeOptions.defaults(),
                        Progress.NONE))
                .isInstanceOfSatisfying(GraftException.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e.remedy()).contains(remedy);
                })
                .hasMessageContaining(message);
        assertThat(folder.resolve("out/model.onnx")).doesNotExist();
    }
}
