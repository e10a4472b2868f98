package dev.graft.compiler.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.RowReplacement;
import dev.graft.adapter.TensorReplacement;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.io.Progress;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MergerTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "FLOAT32, MatMul, 16",
        "FLOAT32, MatMul, 3",
        "FLOAT32, Gemm, 9",
        "FLOAT16, MatMul, 4",
        "BFLOAT16, Gemm, 8"
    })
    void everyElementIsWithinTheBoundOfTheExactSum(DType dtype, String operator, int rank) throws IOException {
        // given
        int out = 19;
        int in = 131;
        boolean transposed = operator.equals("MatMul");
        Tensor weight = Matrices.random("w", dtype, 1, transposed ? in : out, transposed ? out : in);
        ModelIndex base = oneLayer(operator, weight);
        double scaling = 1.7;
        LowRankChange change = Matrices.linear("fc", out, in, rank, scaling, 5);

        // when
        MergeReport report = merge(Bindings.byNodeName(base, Matrices.adapter(1, change)));

        // then
        double eps = dtype == DType.FLOAT32 ? 0x1p-24 : dtype == DType.FLOAT16 ? 0x1p-11 : 0x1p-8;
        double[] before = weight.toDoubles();
        double[] after = Matrices.values(merged(), "w");
        BigDecimal[][] product = Matrices.product(change);
        double excess = Double.NEGATIVE_INFINITY;
        double squares = 0;
        long changed = 0;
        for (int row = 0; row < out; row++) {
            for (int column = 0; column < in; column++) {
                int i = transposed ? column * out + row : row * in + column;
                BigDecimal delta = product[row][column].multiply(new BigDecimal(scaling));
                BigDecimal exact = new BigDecimal(before[i]).add(delta);
                double error = new BigDecimal(after[i]).subtract(exact).abs().doubleValue();
                double bound = eps * (Math.abs(before[i]) + 1.7 * Matrices.magnitude(change, row, column));
                excess = Math.max(excess, error - bound);
                squares += delta.doubleValue() * delta.doubleValue();
                changed += before[i] == after[i] ? 0 : 1;
            }
        }
        assertThat(excess).isNotPositive();
        TargetReport target = report.targets().get(0);
        assertThat(target.module()).isEqualTo("fc");
        assertThat(target.normOfDelta()).isCloseTo(Math.sqrt(squares), within(1e-9));
        assertThat(target.elements()).isEqualTo((long) out * in);
        assertThat(target.changed()).isEqualTo(changed);
        assertThat(target.lost()).isEqualTo(target.elements() - changed);
    }

    @Test
    void nothingButTheBytesOfTheTargetChanges() throws IOException {
        ModelIndex base = threeWeights();
        LowRankChange change = Matrices.linear("fc2", 24, 16, 4, 2, 11);

        merge(Bindings.byNodeName(base, Matrices.adapter(1, change)));

        assertThat(folder.resolve("out/model.onnx")).hasSameBinaryContentAs(base.file());
        byte[] before = Files.readAllBytes(folder.resolve("base/weights/all.data"));
        byte[] after = Files.readAllBytes(folder.resolve("out/weights/all.data"));
        ByteRegion region = base.graph().initializers().get("w2").runs().get(0);
        assertThat(after).hasSameSizeAs(before);
        for (int i = 0; i < before.length; i++) {
            if (i < region.offset() || i >= region.end()) {
                assertThat(after[i]).as("byte " + i).isEqualTo(before[i]);
            }
        }
    }

    @Test
    void scaleZeroGivesIdenticalFiles() throws IOException {
        ModelIndex base = threeWeights();
        LowRankChange change = Matrices.linear("fc2", 24, 16, 4, 2, 11);

        MergeReport report = merge(Bindings.byNodeName(base, Matrices.adapter(0, change)));

        assertThat(folder.resolve("out/model.onnx")).hasSameBinaryContentAs(base.file());
        assertThat(folder.resolve("out/weights/all.data"))
                .hasSameBinaryContentAs(folder.resolve("base/weights/all.data"));
        assertThat(report.warnings()).containsExactly("'adapter' has weight 0 and is left out");
    }

    @Test
    void aZeroChangeKeepsNegativeZeroes() throws IOException {
        Tensor weight = Tensor.ofFloats("w", Shape.of(2, 2), -0f, 0f, -0f, 1f);
        ModelIndex base = oneLayer("Gemm", weight);
        Tensor a = Tensor.ofFloats("a", Shape.of(1, 2), 1, -1);
        Tensor b = Tensor.ofFloats("b", Shape.of(2, 1), 0, 0);
        LowRankChange change = new LowRankChange("fc", LayerKind.LINEAR, a, b, 1, null, null);

        MergeReport report = merge(Bindings.byNodeName(base, Matrices.adapter(1, change)));

        assertThat(folder.resolve("out/model.onnx")).hasSameBinaryContentAs(base.file());
        assertThat(report.targets().get(0).changed()).isZero();
        assertThat(report.targets().get(0).lost()).isZero();
    }

    @Test
    void aWeightInSeveralRunsIsMergedInAllOfThem() throws IOException {
        Tensor weight = Matrices.random("w", DType.FLOAT32, 3, 10, 12);
        LowRankChange change = Matrices.linear("fc", 10, 12, 2, 1, 4);
        ModelIndex split = new OnnxFiles()
                .input("x")
                .gemm("fc", "y", "x", "w")
                .floatData(weight, 7)
                .output("y")
                .write(folder.resolve("base/model.onnx"));
        assertThat(split.graph().initializers().get("w").runs()).hasSizeGreaterThan(5);

        merge(Bindings.byNodeName(split, Matrices.adapter(1, change)));
        double[] inRuns = Matrices.values(merged(), "w");
        Files.delete(folder.resolve("out/model.onnx"));
        merge(Bindings.byNodeName(oneLayer("Gemm", weight), Matrices.adapter(1, change)));

        assertThat(inRuns).isEqualTo(Matrices.values(merged(), "w")).isNotEqualTo(weight.toDoubles());
    }

    @Test
    void severalAdaptersAreSummedBeforeTheOneRounding() throws IOException {
        // given a change of 0.75 · 2^-24, less than half a step of 1
        Tensor weight = Tensor.ofFloats("w", Shape.of(1, 1), 1f);
        Tensor a = Tensor.ofFloats("a", Shape.of(1, 1), 0x1p-12f);
        Tensor b = Tensor.ofFloats("b", Shape.of(1, 1), 0x1.8p-13f);
        LowRankChange small = new LowRankChange("fc", LayerKind.LINEAR, a, b, 1, null, null);

        // when it is merged twice at once
        MergeReport report = merge(
                Bindings.byNodeName(oneLayer("Gemm", weight), Matrices.adapter(1, small), Matrices.adapter(1, small)));

        // then 1.5 · 2^-24 is more than half a step
        assertThat(Matrices.values(merged(), "w")).containsExactly(1 + 0x1p-23);
        assertThat(report.targets().get(0).rank()).isEqualTo(2);
        assertThat(report.targets().get(0).scaling()).isNaN();
    }

    @Test
    void aChangeBelowHalfAStepIsCountedAsLost() throws IOException {
        Tensor weight = Tensor.ofFloats("w", Shape.of(1, 2), 1f, 1f);
        Tensor a = Tensor.ofFloats("a", Shape.of(1, 2), 0x1p-12f, 0x1p-1f);
        Tensor b = Tensor.ofFloats("b", Shape.of(1, 1), 0x1.8p-13f);
        LowRankChange change = new LowRankChange("fc", LayerKind.LINEAR, a, b, 1, null, null);

        MergeReport report = merge(Bindings.byNodeName(oneLayer("Gemm", weight), Matrices.adapter(1, change)));

        assertThat(report.targets().get(0).lost()).isEqualTo(1);
        assertThat(report.targets().get(0).changed()).isEqualTo(1);
    }

    @Test
    void embeddingsGetTheTransposedProduct() throws IOException {
        Tensor table = Matrices.random("w", DType.FLOAT32, 8, 50, 6);
        Tensor a = Matrices.random("a", DType.FLOAT32, 9, 3, 50);
        Tensor b = Matrices.random("b", DType.FLOAT32, 10, 6, 3);
        LowRankChange change = new LowRankChange("fc", LayerKind.EMBEDDING, a, b, 0.5, null, null);
        ModelIndex base = new OnnxFiles()
                .input("ids")
                .node("Gather", "fc", "y", "w", "ids")
                .inline(table)
                .output("y")
                .write(folder.resolve("base/model.onnx"));

        merge(Bindings.byNodeName(base, Matrices.adapter(1, change)));

        double[] before = table.toDoubles();
        double[] after = Matrices.values(merged(), "w");
        BigDecimal[][] product = Matrices.product(change);
        for (int row = 0; row < 50; row++) {
            for (int column = 0; column < 6; column++) {
                double expected = before[row * 6 + column] + 0.5 * product[column][row].doubleValue();
                assertThat(after[row * 6 + column]).isCloseTo(expected, within(1e-7));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Gemm", "MatMul"})
    void doraGivesEveryOutputItsMagnitude(String operator) throws IOException {
        int out = 7;
        int in = 33;
        boolean transposed = operator.equals("MatMul");
        Tensor weight = Matrices.random("w", DType.FLOAT64, 1, transposed ? in : out, transposed ? out : in);
        LowRankChange plain = Matrices.linear("fc", out, in, 4, 2, 5);
        LowRankChange dora = Matrices.dora(plain, Matrices.random("m", DType.FLOAT32, 6, 1, out));

        merge(Bindings.byNodeName(oneLayer(operator, weight), Matrices.adapter(1, dora)));

        double[] before = weight.toDoubles();
        double[] after = Matrices.values(merged(), "w");
        BigDecimal[][] product = Matrices.product(dora);
        for (int row = 0; row < out; row++) {
            double[] direction = new double[in];
            double norm = 0;
            for (int column = 0; column < in; column++) {
                int i = transposed ? column * out + row : row * in + column;
                direction[column] = before[i] + 2 * product[row][column].doubleValue();
                norm += direction[column] * direction[column];
            }
            double magnitude = dora.magnitude().toDoubles()[row];
            for (int column = 0; column < in; column++) {
                int i = transposed ? column * out + row : row * in + column;
                assertThat(after[i]).isCloseTo(magnitude * direction[column] / Math.sqrt(norm), within(1e-14));
            }
        }
    }

    @Test
    void replacedTensorsAndRowsTakeThePlaceOfTheBases() throws IOException {
        Tensor value = Matrices.random("new", DType.FLOAT32, 77, 24, 16);
        TensorReplacement replacement = new TensorReplacement("fc2", "weight", value);
        RowReplacement rows =
                new RowReplacement("embed", List.of(4L, 1L), Matrices.random("rows", DType.FLOAT32, 78, 2, 16));
        ModelIndex base = threeWeights();

        merge(Bindings.byNodeName(base, Matrices.adapter(1, replacement, rows)));

        double[] stored = Matrices.values(merged(), "w2");
        double[] wanted = value.toDoubles();
        for (int row = 0; row < 24; row++) {
            for (int column = 0; column < 16; column++) {
                assertThat(stored[column * 24 + row]).isEqualTo(wanted[row * 16 + column]);
            }
        }
        double[] table = Matrices.values(merged(), "table");
        double[] before = Matrices.values(base, "table");
        double[] newRows = rows.values().toDoubles();
        for (int i = 0; i < table.length; i++) {
            int row = i / 16;
            double expected = row == 4 ? newRows[i % 16] : row == 1 ? newRows[16 + i % 16] : before[i];
            assertThat(table[i]).isEqualTo(expected);
        }
    }

    @Test
    void aBiasDeltaIsScaledAndAdded() throws IOException {
        ModelIndex base = new OnnxFiles()
                .input("x")
                .gemm("fc", "y", "x", "w", "b")
                .inline(Matrices.random("w", DType.FLOAT32, 1, 3, 2))
                .inline(Tensor.ofFloats("b", Shape.of(3), 1, 2, 3))
                .output("y")
                .write(folder.resolve("base/model.onnx"));
        LowRankChange plain = Matrices.linear("fc", 3, 2, 1, 0.5, 2);
        Tensor delta = Tensor.ofFloats("d", Shape.of(3), 10, 20, 30);
        LowRankChange change = new LowRankChange("fc", LayerKind.LINEAR, plain.a(), plain.b(), 0.5, null, delta);
        List<Binding> bindings = List.of(Bindings.bind(base, change, 0, 1), Bindings.bindBias(base, change));

        merge(new Resolution(base, List.of(Matrices.adapter(1, change)), bindings, List.of()));

        assertThat(Matrices.values(merged(), "b")).containsExactly(6, 12, 18);
    }

    @Test
    void theBytesDoNotDependOnTheNumberOfThreads() throws IOException {
        Tensor weight = Matrices.random("w", DType.FLOAT32, 1, 700, 900);
        LowRankChange plain = Matrices.linear("fc", 700, 900, 6, 2, 5);
        LowRankChange dora = Matrices.dora(plain, Matrices.random("m", DType.FLOAT32, 6, 700));
        Resolution resolution = Bindings.byNodeName(oneLayer("Gemm", weight), Matrices.adapter(1, dora));
        MergeReport first = merge(resolution, 1);
        byte[] bytes = Files.readAllBytes(folder.resolve("out/model.onnx"));

        for (int threads : new int[] {2, 7}) {
            Files.delete(folder.resolve("out/model.onnx"));
            MergeReport report = merge(resolution, threads);
            assertThat(Files.readAllBytes(folder.resolve("out/model.onnx"))).isEqualTo(bytes);
            assertThat(report.targets()).isEqualTo(first.targets());
        }
    }

    @Test
    void wideMatricesOfLargeRankAreCutIntoPanelsWithoutATrace() throws IOException {
        // given more columns than one panel has at this rank
        int rank = 260;
        int out = 8100;
        Tensor weight = Matrices.random("w", DType.FLOAT32, 1, 3, out);
        LowRankChange change = Matrices.linear("fc", out, 3, rank, 0.3, 5);

        merge(Bindings.byNodeName(oneLayer("MatMul", weight), Matrices.adapter(1, change)));

        double[] before = weight.toDoubles();
        double[] after = Matrices.values(merged(), "w");
        double[] a = change.a().toDoubles();
        double[] b = change.b().toDoubles();
        double[] expected = new double[after.length];
        for (int i = 0; i < after.length; i++) {
            double delta = 0;
            for (int k = 0; k < rank; k++) {
                delta += b[i % out * rank + k] * a[k * 3 + i / out];
            }
            expected[i] = (float) (before[i] + 0.3 * delta);
        }
        assertThat(after).isEqualTo(expected);
    }

    private ModelIndex threeWeights() throws IOException {
        return new OnnxFiles()
                .dataName("weights/all.data")
                .input("ids")
                .node("Gather", "embed", "x", "table", "ids")
                .node("MatMul", "/fc1/MatMul", "h", "x", "w1")
                .node("MatMul", "/fc2/MatMul", "y", "h", "w2")
                .external(Matrices.random("table", DType.FLOAT32, 1, 9, 16), 5)
                .external(Matrices.random("w1", DType.FLOAT32, 2, 16, 16), 0)
                .external(Matrices.random("w2", DType.FLOAT32, 3, 16, 24), 4093)
                .output("y")
                .write(folder.resolve("base/model.onnx"));
    }

    private ModelIndex oneLayer(String operator, Tensor weight) throws IOException {
        OnnxFiles file = new OnnxFiles().input("x").inline(weight).output("y");
        return (operator.equals("Gemm") ? file.gemm("fc", "y", "x", "w") : file.node(operator, "fc", "y", "x", "w"))
                .write(folder.resolve("base/model.onnx"));
    }

    private MergeReport merge(Resolution resolution) {
        return merge(resolution, 2);
    }

    private MergeReport merge(Resolution resolution, int threads) {
        Path output = folder.resolve("out/model.onnx");
        return Merger.merge(resolution, output, new MergeOptions(false, false, threads), Progress.NONE);
    }

    private ModelIndex merged() {
        return ModelScanner.scan(folder.resolve("out/model.onnx"));
    }
}
