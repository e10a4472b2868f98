package dev.graft.compiler.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.merge.Bindings;
import dev.graft.compiler.merge.Matrices;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.merge.OnnxFiles;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.verify.Finding.Kind;
import dev.graft.compiler.verify.WeightProof.Verdict;
import dev.graft.io.Progress;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightProofTest {
    private static final int WIDTH = 24;

    @TempDir
    Path folder;

    private ModelIndex base;
    private final LowRankChange first = Matrices.linear("layers.0.fc", WIDTH, WIDTH, 4, 2, 10);
    private final LowRankChange second = Matrices.linear("layers.1.fc", WIDTH, WIDTH, 4, 2, 20);

    @BeforeEach
    void write() throws IOException {
        base = model(folder.resolve("base/model.onnx"), DType.FLOAT32);
    }

    private static double largest(LowRankChange change) {
        double largest = 0;
        for (int i = 0; i < WIDTH * WIDTH; i++) {
            largest = Math.max(largest, Math.abs(product(change, i / WIDTH, i % WIDTH)));
        }
        return largest;
    }

    /** An element of the change, with the scaling of 2. */
    private static double product(LowRankChange change, int in, int out) {
        double[] a = change.a().toDoubles();
        double[] b = change.b().toDoubles();
        double sum = 0;
        for (int k = 0; k < 4; k++) {
            sum += b[out * 4 + k] * a[k * WIDTH + in];
        }
        return 2 * sum;
    }

    private static Tensor awayFromZero(Tensor tensor) {
        double[] values = tensor.toDoubles();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.copySign(1 + Math.abs(values[i]) / 8, values[i]);
        }
        return Tensor.ofDoubles(tensor.name(), tensor.dtype(), tensor.shape(), values);
    }

    private static ModelIndex model(Path file, DType dtype) throws IOException {
        return model(file, dtype, UnaryOperator.identity());
    }

    private static ModelIndex model(Path file, DType dtype, UnaryOperator<Tensor> weights) throws IOException {
        return new OnnxFiles()
                .input("x")
                .node("MatMul", "/layers.0/fc/MatMul", "h0", "x", "onnx::MatMul_1")
                .node("MatMul", "/layers.1/fc/MatMul", "h1", "h0", "onnx::MatMul_2")
                .node("MatMul", "/head/MatMul", "y", "h1", "onnx::MatMul_3")
                .external(weights.apply(Matrices.random("onnx::MatMul_1", dtype, 1, WIDTH, WIDTH)), 0)
                .external(weights.apply(Matrices.random("onnx::MatMul_2", dtype, 2, WIDTH, WIDTH)), 64)
                .external(weights.apply(Matrices.random("onnx::MatMul_3", dtype, 3, WIDTH, WIDTH)), 64)
                .output("y")
                .write(file);
    }

    @Test
    void aMergeOfOursIsExact() {
        WeightProof proof = check(merge(1, first, second), first, second);

        assertThat(proof.verdict()).isEqualTo(Verdict.EXACT);
        assertThat(proof.findings()).isEmpty();
        assertThat(proof.targets()).hasSize(2).allSatisfy(target -> {
            assertThat(target.exact()).isEqualTo(WIDTH * WIDTH);
            assertThat(target.wrong()).isZero();
        });
        assertThat(proof.structure().isSameArchitecture()).isTrue();
    }

    @Test
    void aMergeInFloat32StepsIsWithinTheBound() throws IOException {
        Path merged = merge(1, first, second);
        double[] weight = Matrices.values(base, "onnx::MatMul_1");
        float[] steps = new float[weight.length];
        double[] a = first.a().toDoubles();
        double[] b = first.b().toDoubles();
        for (int in = 0; in < WIDTH; in++) {
            for (int out = 0; out < WIDTH; out++) {
                float sum = 0;
                for (int k = 0; k < 4; k++) {
                    sum += (float) b[out * 4 + k] * (float) a[k * WIDTH + in];
                }
                steps[in * WIDTH + out] = (float) weight[in * WIDTH + out] + sum * 2f;
            }
        }
        overwrite(
                merged,
                "onnx::MatMul_1",
                Tensor.ofFloats("w", Shape.of(steps.length), steps).toBytes());

        WeightProof proof = check(merged, first, second);

        assertThat(proof.verdict()).isEqualTo(Verdict.WITHIN_BOUND);
        assertThat(proof.targets().get(0).withinBound()).isPositive();
    }

    @Test
    void aScalingThatIsOffByTwoIsNamed() {
        WeightProof proof = check(merge(2, first, second), first, second);

        assertFailed(
                proof,
                Kind.SCALING_OFF,
                "layers.0.fc",
                "layers.0.fc has the right change with the wrong scaling: it is 2 times what it must be");
    }

    @Test
    void swappedFactorsAreNamed() {
        LowRankChange wrongFirst = as("layers.0.fc", second);
        LowRankChange wrongSecond = as("layers.1.fc", first);

        WeightProof proof = check(merge(1, wrongFirst, wrongSecond), first, second);

        assertFailed(
                proof, Kind.SWAPPED, "layers.0.fc", "layers.0.fc has the change of layers.1.fc instead of its own");
        assertFailed(
                proof, Kind.SWAPPED, "layers.1.fc", "layers.1.fc has the change of layers.0.fc instead of its own");
    }

    @Test
    void aTargetThatWasLeftOutIsNamed() {
        WeightProof proof = check(merge(1, first), first, second);

        assertFailed(proof, Kind.LEFT_OUT, "layers.1.fc", "layers.1.fc was left out: its weight is the base's");
        assertThat(proof.targets().get(0).wrong()).isZero();
    }

    @Test
    void aSquareWeightThatWasMergedTransposedIsNamed() {
        Tensor a = transposed(first.b(), WIDTH, 4);
        Tensor b = transposed(first.a(), 4, WIDTH);
        LowRankChange turned = new LowRankChange("layers.0.fc", first.kind(), a, b, 2, null, null);

        WeightProof proof = check(merge(1, turned, second), first, second);

        assertFailed(proof, Kind.TRANSPOSED, "layers.0.fc", "layers.0.fc has the transpose of its change added");
    }

    @Test
    void aSubtractedChangeIsNamed() {
        WeightProof proof = check(merge(-1, first, second), first, second);

        assertFailed(proof, Kind.WRONG_SIGN, "layers.0.fc", "layers.0.fc has its change subtracted instead of added");
    }

    @Test
    void aByteOutsideTheTargetsIsFoundByItsPlace() throws IOException {
        Path merged = merge(1, first, second);
        ByteRegion head =
                base.graph().initializers().get("onnx::MatMul_3").runs().get(0);
        flip(folder.resolve("out/model.data"), head.offset() + 17);

        WeightProof proof = check(merged, first, second);

        Finding finding = assertFailed(
                proof,
                Kind.OUTSIDE_TARGETS,
                "onnx::MatMul_3",
                "1 byte of tensor 'onnx::MatMul_3' differ from the base, but no adapter changes it");
        assertThat(finding.location().offset()).isEqualTo(head.offset() + 17);
        assertThat(finding.location().file()).isEqualTo(folder.resolve("out/model.data"));
    }

    @Test
    void aByteInAGapIsFoundByItsPlace() throws IOException {
        Path merged = merge(1, first, second);
        long gap =
                base.graph().initializers().get("onnx::MatMul_1").runs().get(0).end() + 5;
        flip(folder.resolve("out/model.data"), gap);

        WeightProof proof = check(merged, first, second);

        Finding finding =
                assertFailed(proof, Kind.OUTSIDE_TARGETS, "", "1 byte outside all tensors differ from the base");
        assertThat(finding.location().offset()).isEqualTo(gap);
    }

    @Test
    void aWrongElementOfATargetIsFoundByItsPlace() throws IOException {
        Path merged = merge(1, first, second);
        ByteRegion weight =
                base.graph().initializers().get("onnx::MatMul_2").runs().get(0);
        flip(folder.resolve("out/model.data"), weight.offset() + 4 * (3 * WIDTH + 5) + 3);

        WeightProof proof = check(merged, first, second);

        Finding finding = assertFailed(
                proof,
                Kind.ELEMENTS_DIFFER,
                "layers.1.fc",
                "layers.1.fc: 1 of 576 elements are wrong, the first one at [3, 5]");
        assertThat(finding.location().offset()).isEqualTo(weight.offset() + 4 * (3 * WIDTH + 5));
    }

    @Test
    void aFileOfAnotherAdapterIsNamed() {
        LowRankChange strange = Matrices.linear("layers.0.fc", WIDTH, WIDTH, 4, 2, 110);
        LowRankChange other = Matrices.linear("layers.1.fc", WIDTH, WIDTH, 4, 2, 120);

        WeightProof proof = check(merge(1, strange, other), first, second);

        assertFailed(
                proof,
                Kind.ANOTHER_ADAPTER,
                "",
                "no weight's change has anything to do with this adapter: the file was merged with another one");
    }

    @Test
    void doraWithoutItsMagnitudeIsNamed() {
        LowRankChange dora = Matrices.dora(first, Matrices.random("m", DType.FLOAT32, 5, WIDTH));

        WeightProof proof = check(merge(1, first, second), dora, second);

        assertFailed(
                proof,
                Kind.MAGNITUDE_IGNORED,
                "layers.0.fc",
                "layers.0.fc has B·A added, but its DoRA magnitude was not applied");
        assertThat(check(merge(1, dora, second), dora, second).verdict()).isEqualTo(Verdict.EXACT);
    }

    @Test
    void theCauseIsFoundThroughTheRoundingOfHalfPrecision() throws IOException {
        base = model(folder.resolve("half/model.onnx"), DType.BFLOAT16);

        assertFailed(check(merge(2, first, second), first, second), Kind.SCALING_OFF, "layers.0.fc", "it is ");
        assertFailed(check(merge(1, first), first, second), Kind.LEFT_OUT, "layers.1.fc", "left out");
    }

    @Test
    void aModelThatWasExportedAgainIsHeldAgainstTheSameModules() throws IOException {
        // given the merged weights in another file, with other names and transposed
        ModelIndex merged = ModelScanner.scan(merge(1, first, second));
        ModelIndex again = new OnnxFiles()
                .input("x")
                .gemm("/layers.0/fc/Gemm", "h0", "x", "layers.0.fc.weight")
                .gemm("/layers.1/fc/Gemm", "h1", "h0", "layers.1.fc.weight")
                .inline(turned(merged, "onnx::MatMul_1", "layers.0.fc.weight"))
                .inline(turned(merged, "onnx::MatMul_2", "layers.1.fc.weight"))
                .output("h1")
                .write(folder.resolve("again/model.onnx"));

        WeightProof proof = check(again.file(), first, second);

        assertThat(proof.verdict()).isEqualTo(Verdict.EXACT);
        assertThat(proof.findings()).extracting(Finding::kind).containsOnly(Kind.ANOTHER_GRAPH);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void aChangeThatIsSmallerThanTheBoundIsStillCounted(DType dtype) throws IOException {
        // given a change that is smaller everywhere than what an element may be off by, since no weight is near zero
        base = model(folder.resolve("coarse/model.onnx"), dtype, WeightProofTest::awayFromZero);
        double largest = Math.max(largest(first), largest(second));
        double small = 2.5 * WeightBound.eps(dtype) / largest;

        WeightProof twice = checkAt(small, merge(2 * small, first, second));
        WeightProof none = checkAt(small, merge(small, first));

        assertFailed(twice, Kind.SCALING_OFF, "layers.0.fc", "times what it must be");
        assertFailed(none, Kind.LEFT_OUT, "layers.1.fc", "left out: its weight is the base's");
        assertThat(twice.targets().get(0).withinBound()).isZero();
        assertThat(twice.targets().get(0).finding().orElseThrow().sentence())
                .contains("although every element is within what rounding may cost");
        assertThat(checkAt(small, merge(small, first, second)).verdict()).isEqualTo(Verdict.EXACT);
    }

    @Test
    void aMergeThatRoundsItsProductFirstIsStillOne() throws IOException {
        // given what PEFT does in half precision: the product is rounded to the weight's type before it is added
        base = model(folder.resolve("half/model.onnx"), DType.BFLOAT16);
        Path merged = merge(0.02, first, second);
        double[] before = Matrices.values(base, "onnx::MatMul_1");
        double[] after = new double[before.length];
        for (int i = 0; i < after.length; i++) {
            after[i] = before[i] + rounded(0.02 * product(first, i / WIDTH, i % WIDTH));
        }
        overwrite(
                merged,
                "onnx::MatMul_1",
                Tensor.ofDoubles("w", DType.BFLOAT16, Shape.of(after.length), after)
                        .toBytes());

        assertThat(checkAt(0.02, merged).verdict()).isEqualTo(Verdict.WITHIN_BOUND);
    }

    private static double rounded(double value) {
        return Tensor.ofDoubles("x", DType.BFLOAT16, Shape.of(1), new double[] {value})
                .toDoubles()[0];
    }

    @Test
    void aMergeOnTopOfAMergeIsNamed() {
        Path once = merge(1, first, second);
        ModelIndex merged = ModelScanner.scan(once);
        Path twice = folder.resolve("twice/model.onnx");
        Merger.merge(
                Bindings.byNodeName(merged, Matrices.adapter(1, first, second)),
                twice,
                new MergeOptions(false, true, 1),
                Progress.NONE);

        assertFailed(check(twice, first, second), Kind.SCALING_OFF, "layers.0.fc", "it is 2 times what it must be");
    }

    @Test
    void aMergedModelWithNodesBesideIsNoMerge() {
        OnnxModel model = ModelReader.read(merge(1, first, second));
        GraphEditor editor = new GraphEditor(model);
        Node last = model.graph().nodes().get(2);
        Value input = last.input(0);
        editor.replaceInput(last, 0, editor.before(last).node("Neg", input));
        Path edited = folder.resolve("out/edited.onnx");
        ModelWriter.write(model, edited);

        assertFailed(
                check(edited, first, second),
                Kind.GRAPH_CHANGED,
                "MatMul to [y]",
                "the graph is not the base's: the node MatMul to [y] reads [graft/Neg_output, onnx::MatMul_3] instead of [h1,");
    }

    @Test
    void anUnsharedMergeIsTheBasesGraphAndOneThatWasEditedIsNot() throws IOException {
        base = new OnnxFiles()
                .input("x")
                .node("MatMul", "/layers.0/fc/MatMul", "h0", "x", "w")
                .node("MatMul", "/layers.1/fc/MatMul", "h1", "h0", "w")
                .inline(Matrices.random("w", DType.FLOAT32, 1, WIDTH, WIDTH))
                .output("h1")
                .write(folder.resolve("shared/model.onnx"));
        Path merged = folder.resolve("out/model.onnx");
        Merger.merge(
                Bindings.byNodeName(base, Matrices.adapter(1, first)),
                merged,
                new MergeOptions(true, true, 1),
                Progress.NONE);
        assertThat(check(merged, first).verdict()).isEqualTo(Verdict.EXACT);

        OnnxModel model = ModelReader.read(merged);
        Node second = model.graph().nodes().get(1);
        new GraphEditor(model)
                .replaceInput(second, 1, model.graph().nodes().get(0).input(1));
        Path edited = folder.resolve("out/edited.onnx");
        ModelWriter.write(model, edited);

        assertFailed(
                check(edited, first),
                Kind.GRAPH_CHANGED,
                "MatMul to [h1]",
                "the graph is not the base's: the node MatMul to [h1] reads [h0, w.unshared] instead of [h0, w]");
    }

    private WeightProof checkAt(double weight, Path merged) {
        return WeightProof.check(Bindings.byNodeName(base, Matrices.adapter(weight, first, second)), merged, 2);
    }

    private static Tensor turned(ModelIndex model, String name, String newName) {
        double[] values = Matrices.values(model, name);
        return transposed(Tensor.ofDoubles(newName, DType.FLOAT32, Shape.of(WIDTH, WIDTH), values), WIDTH, WIDTH);
    }

    private static Tensor transposed(Tensor tensor, int rows, int columns) {
        double[] values = tensor.toDoubles();
        double[] turned = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            turned[i % columns * rows + i / columns] = values[i];
        }
        return Tensor.ofDoubles(tensor.name(), tensor.dtype(), Shape.of(columns, rows), turned);
    }

    private static LowRankChange as(String module, LowRankChange change) {
        return new LowRankChange(module, change.kind(), change.a(), change.b(), change.scaling(), null, null);
    }

    private Path merge(double weight, ModuleChange... changes) {
        Path output = folder.resolve("out/model.onnx");
        Resolution resolution = Bindings.byNodeName(base, Matrices.adapter(weight, changes));
        Merger.merge(resolution, output, new MergeOptions(false, true, 1), Progress.NONE);
        return output;
    }

    private WeightProof check(Path merged, ModuleChange... changes) {
        return WeightProof.check(Bindings.byNodeName(base, Matrices.adapter(1, changes)), merged, 2);
    }

    private static Finding assertFailed(WeightProof proof, Kind kind, String subject, String sentence) {
        assertThat(proof.verdict()).isEqualTo(Verdict.FAILED);
        List<Finding> found = proof.findings().stream()
                .filter(finding -> finding.kind() == kind && finding.subject().equals(subject))
                .toList();
        assertThat(found).as("%s in %s", kind, proof.findings()).hasSize(1);
        assertThat(found.get(0).sentence()).contains(sentence);
        return found.get(0);
    }

    private void overwrite(Path merged, String tensor, byte[] bytes) throws IOException {
        ByteRegion region = ModelScanner.scan(merged)
                .graph()
                .initializers()
                .get(tensor)
                .runs()
                .get(0);
        try (RandomAccessFile file = new RandomAccessFile(region.file().toFile(), "rw")) {
            file.seek(region.offset());
            file.write(bytes);
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(offset);
            int value = access.read();
            access.seek(offset);
            access.write(value ^ 0x40);
        }
    }
}
