package dev.graft.compiler.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.TensorReplacement;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterReader;
import dev.graft.compiler.attach.AttachReport.AttachedTarget;
import dev.graft.compiler.ir.Attribute;
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
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The graphs of style batched, and what it refuses. */
class BatchedAttachTest {
    private static final AttachOptions BATCHED =
            AttachOptions.DEFAULT.withStyle(AttachStyle.BATCHED).withCapacity(new SlotCapacity(3, 4));

    @TempDir
    Path folder;

    private Path base;
    private GraphEditor editor = new GraphEditor(OnnxModel.create(8, 17));
    private Dim batch = new Dim.Symbolic("rows");

    @Test
    void aModuleHasStacksAndTheBatchItsSlots() {
        write((g, x) -> named("q", g.matMul(x, weight(g, "q.weight", 8, 3))), new Dim.Symbolic("steps"));

        AttachReport report = attach(BATCHED, Halves.lora("q", 8, 3));

        OnnxModel model = ModelReader.read(report.output());
        assertThat(dims(model, "adapter_slot")).containsExactly(batch);
        assertThat(dims(model, "q.lora_A.weight"))
                .containsExactly(new Dim.Fixed(4), new Dim.Fixed(8), new Dim.Fixed(4));
        assertThat(dims(model, "q.lora_B.weight"))
                .containsExactly(new Dim.Fixed(4), new Dim.Fixed(4), new Dim.Fixed(3));
        assertThat(model.graph().find("q.lora_A.weight").orElseThrow().initializer())
                .isEmpty();
        assertThat(model.metadata())
                .containsEntry("graft.attach", "batched")
                .containsEntry("graft.slots", "3")
                .containsEntry("graft.max_rank", "4")
                .containsEntry("graft.names", "olive");
        assertThat(operators(model)).containsExactly("MatMul", "Gather", "MatMul", "Gather", "MatMul", "Add");
        assertThat(report.targets()).containsExactly(new AttachedTarget("q", "q", "rows", 2));
        Map<String, Tensor> adapter =
                OnnxAdapterReader.read(report.adapter().orElseThrow()).tensors();
        assertThat(adapter.get("q.lora_A.weight").shape()).isEqualTo(Shape.of(8, 2));
        assertThat(adapter.get("q.lora_B.weight").toDoubles()).containsOnly(0.5 * 2);
    }

    @Test
    void targetsThatReadOneMatrixShareItsRows() {
        write(
                (g, x) -> {
                    Value q = named("q", g.matMul(x, weight(g, "q.weight", 8, 3)));
                    Value k = named("k", g.matMul(x, weight(g, "k.weight", 8, 3)));
                    return g.add(q, k);
                },
                null);

        AttachReport report = attach(BATCHED, Halves.lora("q", 8, 3), Halves.lora("k", 8, 3));

        OnnxModel model = ModelReader.read(report.output());
        long looks = model.graph().nodes().stream()
                .filter(node -> node.is("Reshape") && node.input(0).name().equals("x"))
                .count();
        assertThat(looks).isEqualTo(1);
        assertThat(operators(model)).filteredOn("Shape"::equals).hasSize(1);
    }

    @Test
    void theBranchGoesBehindABiasThatBelongsToTheProduct() {
        write(
                (g, x) -> g.add(
                        named("q", g.matMul(x, weight(g, "q.weight", 8, 3))),
                        g.initializer("q.bias", Tensor.ofFloats("b", Shape.of(3), 1, 2, 3))),
                null);

        OnnxModel model =
                ModelReader.read(attach(BATCHED, Halves.lora("q", 8, 3)).output());

        Node product = Halves.node(model, "q");
        assertThat(product.output(0).uses()).singleElement().satisfies(use -> {
            assertThat(use.node().input(1).name()).isEqualTo("q.bias");
            assertThat(use.node().output(0).isGraphOutput()).isFalse();
        });
    }

    @Test
    void genaisNamesAreTheInputs() {
        write((g, x) -> named("q", g.matMul(x, weight(g, "q.weight", 8, 3))), null);

        OnnxModel model = ModelReader.read(attach(BATCHED.withNames(NameStyle.GENAI), Halves.lora("q", 8, 3))
                .output());

        assertThat(model.graph().find("q.lora_A.MatMul.weight")).isPresent();
        assertThat(model.metadata()).containsEntry("graft.names", "genai");
    }

    @Test
    void rowsThatDoNotComeFirstAreRefused() {
        write(
                (g, x) -> g.transpose(
                        named("q", g.matMul(g.transpose(x, 1, 0, 2), weight(g, "q.weight", 8, 3))), 1, 0, 2),
                new Dim.Symbolic("steps"));

        assertUnsupported(Halves.lora("q", 8, 3))
                .hasMessage(
                        "q cannot be attached: its input has the rows of a batch along dimension 1, style batched needs "
                                + "them along the first");
    }

    @Test
    void whatIsTheSameForAllRowsIsRefused() {
        write(
                (g, x) -> {
                    Value places = editor.addGraphInput(
                            editor.model().graph(),
                            "places",
                            ValueType.of(DType.FLOAT32, new Dim.Fixed(1), new Dim.Fixed(8)));
                    return g.add(x, named("q", g.matMul(places, weight(g, "q.weight", 8, 8))));
                },
                null);

        assertUnsupported(Halves.lora("q", 8, 8))
                .hasMessage(
                        "q cannot be attached: its input is the same for all rows of a batch, which therefore cannot "
                                + "differ in their adapters");
    }

    @Test
    void rowsThatCannotBeFollowedAreAWarning() {
        write(
                (g, x) -> named(
                        "q",
                        g.matMul(
                                g.node("Einsum", "", List.of(x), List.of(Attribute.of("equation", "ij->ij"))),
                                weight(g, "q.weight", 8, 3))),
                null);

        assertThat(attach(BATCHED, Halves.lora("q", 8, 3)).warnings())
                .containsExactly("for 1 of 1 products the graph does not show that the rows of a batch come first; "
                        + "graft verify tries it");
    }

    @Test
    void aBatchOfOneLengthIsAWarning() {
        batch = new Dim.Fixed(1);
        write((g, x) -> named("q", g.matMul(x, weight(g, "q.weight", 8, 3))), null);

        AttachReport report = attach(BATCHED, Halves.lora("q", 8, 3));

        assertThat(dims(ModelReader.read(report.output()), "adapter_slot")).containsExactly(new Dim.Fixed(1));
        assertThat(report.warnings())
                .containsExactly("the model's first input takes batches of 1 only, so requests cannot be collected; "
                        + "export it with a batch of any length");
    }

    @Test
    void aRankAboveTheSlotsIsRefused() {
        write((g, x) -> named("q", g.matMul(x, weight(g, "q.weight", 8, 3))), null);

        assertThatThrownBy(() -> attach(BATCHED.withCapacity(new SlotCapacity(1, 1)), Halves.lora("q", 8, 3)))
                .isInstanceOfSatisfying(
                        GraftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SLOT_RANK_EXCEEDED))
                .hasMessage("q has rank 2, but slots for at most rank 1");
    }

    @Test
    void roomForNothingIsRefused() {
        assertThatThrownBy(() -> new SlotCapacity(0, 8))
                .isInstanceOfSatisfying(
                        GraftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
                .hasMessage("expected 1 to 4096 slots of rank 1 to 4096, got 0 of rank 8");
    }

    @Test
    void whatNoSlotCanHoldIsRefusedByName() {
        write((g, x) -> named("q", g.matMul(x, weight(g, "q.weight", 8, 3))), null);
        LowRankChange plain = Halves.lora("q", 8, 3);
        Tensor magnitude = Tensor.ofFloats("m", Shape.of(3), 1, 1, 1);

        assertUnsupported(new LowRankChange("q", LayerKind.LINEAR, plain.a(), plain.b(), 1, magnitude, null))
                .hasMessage(
                        "q cannot be attached in style batched: DoRA scales the whole product by a factor that depends on "
                                + "base and adapter");
        assertUnsupported(new TensorReplacement("q", "weight", Tensor.ofFloats("w", Shape.of(3, 8), new float[24])))
                .hasMessage("q cannot be attached in style batched: a replaced tensor has no low rank");
    }

    @Test
    void anEmbeddingIsRefusedWithTheWayOut() {
        OnnxModel model = editor.model();
        Value ids = editor.addGraphInput(model.graph(), "x", ValueType.of(DType.INT64, batch));
        GraphBuilder g = editor.atEnd(model.graph());
        finish(named("e", g.gather(weight(g, "e.weight", 8, 3), ids, 0)));
        Tensor a = Halves.filled("A", 2, 8);
        LowRankChange change = new LowRankChange("e", LayerKind.EMBEDDING, a, Halves.filled("B", 3, 2), 1, null, null);

        assertUnsupported(change)
                .hasMessage(
                        "e cannot be attached: style batched keeps the factors of all slots in memory, which for a table "
                                + "has a row for every token and slot")
                .satisfies(e -> assertThat(((GraftException) e).remedy()).contains("--style input"));
    }

    @Test
    void anAttachedModelIsNotAttachedAgain() {
        write((g, x) -> named("q", g.matMul(x, weight(g, "q.weight", 8, 3))), null);
        base = attach(BATCHED, Halves.lora("q", 8, 3)).output();

        assertThatThrownBy(() -> Attacher.attach(
                        resolve(Halves.lora("q", 8, 3)), folder.resolve("again.onnx"), BATCHED, Progress.NONE))
                .hasMessage("the model already has a value 'adapter_slot': it seems to be attached already");
    }

    private void write(BiFunction<GraphBuilder, Value, Value> body, @org.jspecify.annotations.Nullable Dim steps) {
        OnnxModel model = editor.model();
        Dim[] dims = steps == null ? new Dim[] {batch, new Dim.Fixed(8)} : new Dim[] {batch, steps, new Dim.Fixed(8)};
        Value x = editor.addGraphInput(model.graph(), "x", ValueType.of(DType.FLOAT32, dims));
        finish(body.apply(editor.atEnd(model.graph()), x));
    }

    private void finish(Value y) {
        editor.setType(y, new ValueType(DType.FLOAT32, java.util.Optional.empty()));
        editor.addGraphOutput(y);
        base = folder.resolve("base.onnx");
        ModelWriter.write(editor.model(), base);
    }

    private Value named(String name, Value value) {
        editor.rename(value.producer().orElseThrow(), name);
        return value;
    }

    private AttachReport attach(AttachOptions options, ModuleChange... changes) {
        return Attacher.attach(resolve(changes), folder.resolve("attached.onnx"), options, Progress.NONE);
    }

    private Resolution resolve(ModuleChange... changes) {
        Adapter adapter = new Adapter(folder, "test", "LoRA", List.of(changes), Map.of(), List.of());
        return Resolver.resolve(ModelScanner.scan(base), List.of(WeightedAdapter.of(adapter)), ResolveOptions.DEFAULT);
    }

    private org.assertj.core.api.AbstractThrowableAssert<?, ?> assertUnsupported(ModuleChange change) {
        return assertThatThrownBy(() -> attach(BATCHED, change))
                .isInstanceOfSatisfying(
                        GraftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ATTACH_UNSUPPORTED));
    }

    private static List<Dim> dims(OnnxModel model, String input) {
        Value value = model.graph().find(input).orElseThrow();
        assertThat(value.isGraphInput()).isTrue();
        return value.type().orElseThrow().dims().orElseThrow();
    }

    private static List<String> operators(OnnxModel model) {
        return model.graph().nodes().stream().map(Node::opType).toList();
    }

    private static Value weight(GraphBuilder g, String name, int rows, int columns) {
        double[] values = new double[rows * columns];
        Arrays.setAll(values, i -> i);
        return g.initializer(name, Tensor.ofDoubles(name, DType.FLOAT32, Shape.of(rows, columns), values));
    }
}
