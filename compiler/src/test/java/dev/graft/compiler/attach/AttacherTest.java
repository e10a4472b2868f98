package dev.graft.compiler.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.TensorReplacement;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterReader;
import dev.graft.compiler.attach.AttachReport.AttachedTarget;
import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.io.Progress;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The graphs that attaching makes, on a model of two products that read the same input and a Gemm behind them. */
class AttacherTest {
    @TempDir
    Path folder;

    private Path base;
    private DType dtype = DType.FLOAT32;

    @BeforeEach
    void writeTheBase() {
        base = folder.resolve("base.onnx");
        writeBase();
    }

    @Test
    void inSinglePrecisionTheBranchJoinsTheWeight() {
        AttachReport report =
                attach(AttachOptions.DEFAULT, Halves.lora("layer.q", 16, 3), Halves.lora("layer.k", 16, 3));

        assertThat(report.targets()).extracting(AttachedTarget::form).containsExactly("folded", "folded");
        Node q = Halves.node(read(report), "layer.q");
        assertThat(q.input(1).producer().orElseThrow().opType()).isEqualTo("Add");
        assertThat(q.input(1).producer().orElseThrow().input(0).name()).isEqualTo("layer.q.weight");
        assertThat(report.nodesAdded()).isEqualTo(4);
    }

    @Test
    void aModelWithoutWeightsHasNoSlots() {
        OnnxModel model = OnnxModel.create(8, 17);
        GraphEditor editor = new GraphEditor(model);
        Value x = editor.addGraphInput(model.graph(), "x", ValueType.of(dtype, new Dim.Symbolic("n")));
        Value y = editor.atEnd(model.graph()).node("Exp", "", List.of(x), List.of());
        editor.setType(y, ValueType.of(dtype, new Dim.Symbolic("n")));
        editor.addGraphOutput(y);
        ModelWriter.write(model, base);

        assertThatThrownBy(() -> Slots.select(ModelScanner.scan(base), Slots.ALL_LINEAR))
                .isInstanceOf(GraftException.class)
                .hasMessage(
                        "no module matches 'all-linear'; the model has no linear layer, convolution or embedding whose"
                                + " weight is stored");
    }

    @Test
    void theScalingIsPartOfB() {
        AttachReport report = attach(AttachOptions.DEFAULT, Halves.lora("layer.q", 16, 3));

        Graph graph = read(report).graph();
        Value b = graph.find("layer.q.lora_B.weight").orElseThrow();
        assertThat(b.constant().orElseThrow().tensor("b").toDoubles()).containsOnly(0.5 * 2);
    }

    @ParameterizedTest
    @EnumSource(AttachStyle.class)
    void anAdapterThatIsNotFiniteIsRefused(AttachStyle style) {
        LowRankChange lora = Halves.lora("layer.q", 16, 3);
        double[] values = lora.b().toDoubles();
        values[1] = Double.NaN;
        Tensor b = Tensor.ofDoubles("q.lora_B", DType.FLOAT32, lora.b().shape(), values);
        LowRankChange diverged = new LowRankChange("layer.q", lora.kind(), lora.a(), b, 2, null, null);

        assertThatThrownBy(() -> attach(AttachOptions.DEFAULT.withStyle(style), diverged))
                .isInstanceOf(GraftException.class)
                .hasMessage(
                        "expected finite numbers in the adapter's change of layer.q, got 1 of 6 values of 'q.lora_B' that are NaN or infinite")
                .satisfies(e -> assertThat(((GraftException) e).code()).isEqualTo(ErrorCode.MERGE_NOT_FINITE));
        assertThat(folder.resolve("attached.onnx")).doesNotExist();
    }

    @Test
    void factorsBeyondTheRangeOfHalfPrecisionAreRefused() {
        dtype = DType.FLOAT16;
        writeBase();
        LowRankChange lora = Halves.lora("layer.q", 16, 3);
        LowRankChange large = new LowRankChange("layer.q", lora.kind(), lora.a(), lora.b(), 2e5, null, null);

        assertThatThrownBy(() -> attach(AttachOptions.DEFAULT, large))
                .hasMessage("6 of 6 values for 'layer.q.lora_B.weight' are beyond the range of the base's float16");
    }

    @Test
    void inHalfPrecisionTargetsOfOneInputShareOneProduct() {
        dtype = DType.FLOAT16;
        writeBase();

        AttachReport report =
                attach(AttachOptions.DEFAULT, Halves.lora("layer.q", 16, 3), Halves.lora("layer.k", 16, 3));

        assertThat(report.targets()).extracting(AttachedTarget::form).containsExactly("widened", "widened");
        OnnxModel model = read(report);
        Node q = Halves.node(model, "layer.q");
        Node k = Halves.node(model, "layer.k");
        assertThat(q.input(0)).isSameAs(k.input(0));
        Node joined = q.input(0).producer().orElseThrow();
        assertThat(joined.opType()).isEqualTo("Concat");
        assertThat(joined.input(1).producer().orElseThrow().input(1).name()).isEqualTo("layer.q+k.lora_A.weight");
    }

    @Test
    void besideAGemmTheBranchGoesInWhereTheBiasWas() {
        AttachReport report = attach(AttachOptions.DEFAULT.withForm(AttachForm.BESIDE), Halves.lora("head", 3, 2));

        Node head = Halves.node(read(report), "head");
        Node branch = head.input(2).producer().orElseThrow();
        assertThat(branch.opType()).isEqualTo("Gemm");
        assertThat(branch.input(2).name()).isEqualTo("head.bias");
        assertThat(report.nodesAdded()).isEqualTo(2);
    }

    @Test
    void styleInputHasInputsOfAnyRankAndWritesTheAdapter() {
        AttachReport report = attach(AttachOptions.DEFAULT.withStyle(AttachStyle.INPUT), Halves.lora("layer.q", 16, 3));

        OnnxModel model = read(report);
        Value a = model.graph().find("layer.q.lora_A.weight").orElseThrow();
        assertThat(a.isGraphInput()).isTrue();
        assertThat(a.initializer().orElseThrow().shape()).isEqualTo(Shape.of(16, 0));
        assertThat(a.type().orElseThrow().dims().orElseThrow())
                .containsExactly(new Dim.Fixed(16), new Dim.Symbolic("lora_r_0"));
        Map<String, Tensor> adapter =
                OnnxAdapterReader.read(report.adapter().orElseThrow()).tensors();
        assertThat(adapter.get("layer.q.lora_A.weight").shape()).isEqualTo(Shape.of(16, 2));
        assertThat(adapter.get("layer.q.lora_B.weight").toDoubles()).containsOnly(0.5 * 2);
        assertThat(report.files()).containsExactly(report.output(), folder.resolve("attached.onnx_adapter"));
    }

    @Test
    void aReplacedWeightIsTheNodesOwn() {
        Tensor value = Tensor.ofFloats("head.weight", Shape.of(2, 3), 1, 2, 3, 4, 5, 6);

        AttachReport report = attach(AttachOptions.DEFAULT, new TensorReplacement("head", "weight", value));

        Value weight = Halves.node(read(report), "head").input(1);
        assertThat(weight.constant().orElseThrow().tensor("w").toDoubles()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(report.targets()).extracting(AttachedTarget::form).containsExactly("replaced");
    }

    @Test
    void anAttachedModelIsNotAttachedAgain() {
        AttachOptions input = AttachOptions.DEFAULT.withStyle(AttachStyle.INPUT);
        base = attach(input, Halves.lora("layer.q", 16, 3)).output();

        assertThatThrownBy(() -> Attacher.attach(
                        resolve(Halves.lora("layer.q", 16, 3)), folder.resolve("again.onnx"), input, Progress.NONE))
                .isInstanceOfSatisfying(
                        GraftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ATTACH_UNSUPPORTED))
                .hasMessageContaining("the model already has a value 'layer.q.lora_A.weight'");
    }

    @Test
    void theOutputIsNeverTheBase() {
        assertThatThrownBy(() -> Attacher.attach(
                        resolve(Halves.lora("layer.q", 16, 3)), base, AttachOptions.DEFAULT.withForce(), Progress.NONE))
                .isInstanceOfSatisfying(
                        GraftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_IS_INPUT));
    }

    @Test
    void aProductThatReadsItsInputTransposedIsRefused() {
        OnnxModel model = ModelReader.read(base);
        GraphEditor editor = new GraphEditor(model);
        editor.setAttribute(Halves.node(model, "head"), Attribute.of("transA", 1));
        base = folder.resolve("transposed.onnx");
        ModelWriter.write(model, base);

        assertThatThrownBy(() -> attach(AttachOptions.DEFAULT, Halves.lora("head", 3, 2)))
                .isInstanceOfSatisfying(
                        GraftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ATTACH_UNSUPPORTED))
                .hasMessage("head cannot be attached: its Gemm reads its input transposed");
    }

    private AttachReport attach(AttachOptions options, ModuleChange... changes) {
        return Attacher.attach(resolve(changes), folder.resolve("attached.onnx"), options, Progress.NONE);
    }

    private Resolution resolve(ModuleChange... changes) {
        Adapter adapter = new Adapter(folder, "test", "LoRA", List.of(changes), Map.of(), List.of());
        return Resolver.resolve(ModelScanner.scan(base), List.of(WeightedAdapter.of(adapter)), ResolveOptions.DEFAULT);
    }

    private static OnnxModel read(AttachReport report) {
        return ModelReader.read(report.output());
    }

    private void writeBase() {
        OnnxModel model = OnnxModel.create(8, 17);
        GraphEditor editor = new GraphEditor(model);
        Value x =
                editor.addGraphInput(model.graph(), "x", ValueType.of(dtype, new Dim.Symbolic("n"), new Dim.Fixed(16)));
        GraphBuilder g = editor.atEnd(model.graph());
        Value q = g.matMul(x, weight(g, "layer.q.weight", 16, 3));
        Value k = g.matMul(x, weight(g, "layer.k.weight", 16, 3));
        Value bias = g.initializer("head.bias", Tensor.ofDoubles("b", dtype, Shape.of(2), 1, 2));
        Value y = g.node(
                "Gemm",
                "",
                List.of(g.add(q, k), weight(g, "head.weight", 2, 3), bias),
                List.of(Attribute.of("transB", 1)));
        editor.rename(q.producer().orElseThrow(), "layer.q");
        editor.rename(k.producer().orElseThrow(), "layer.k");
        editor.rename(y.producer().orElseThrow(), "head");
        editor.setType(y, ValueType.of(dtype, new Dim.Symbolic("n"), new Dim.Fixed(2)));
        editor.addGraphOutput(y);
        ModelWriter.write(model, base);
    }

    private Value weight(GraphBuilder g, String name, int rows, int columns) {
        double[] values = new double[rows * columns];
        Arrays.setAll(values, i -> i);
        return g.initializer(name, Tensor.ofDoubles(name, dtype, Shape.of(rows, columns), values));
    }
}
