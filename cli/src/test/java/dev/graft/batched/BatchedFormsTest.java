package dev.graft.batched;

import static dev.graft.batched.RowsAgainstSingleRuns.assertClose;
import static dev.graft.batched.RowsAgainstSingleRuns.values;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.Adapter;
import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shapes of products that exporters make, each against the base with the adapter merged, on ONNX Runtime. */
class BatchedFormsTest {
    private static final int WIDTH = 8;

    @TempDir
    Path folder;

    private GraphEditor editor;
    private final Random random = new Random(3);

    @BeforeEach
    void create() {
        editor = new GraphEditor(OnnxModel.create(8, 17));
    }

    @Test
    void aGemmsAlphaIsTheBranchsToo() throws InterruptedException {
        List<Attribute> attributes =
                List.of(Attribute.of("alpha", 0.5f), Attribute.of("beta", 2f), Attribute.of("transB", 1));
        check(
                (g, x) -> g.node("Gemm", "", List.of(x, weight(g, "q.weight"), bias(g)), attributes),
                new Dim.Symbolic("batch"),
                new Dim.Fixed(WIDTH));
    }

    @Test
    void aBiasBehindAProductOfMatricesStaysWithIt() throws InterruptedException {
        check(
                (g, x) -> g.add(bias(g), named(g.matMul(x, weight(g, "q.weight")))),
                new Dim.Symbolic("batch"),
                new Dim.Fixed(WIDTH));
    }

    @Test
    void rowsOfFourDimensionsAreTakenTogether() throws InterruptedException {
        check(
                (g, x) -> g.matMul(x, weight(g, "q.weight")),
                new Dim.Symbolic("batch"),
                new Dim.Fixed(3),
                new Dim.Fixed(2),
                new Dim.Fixed(WIDTH));
    }

    @Test
    void aProductInTheShapeOfMatricesIsTakenApart() throws InterruptedException {
        check(
                (g, x) -> {
                    Value flat = g.reshape(x, -1, WIDTH);
                    Value product = g.node("Gemm", flat, weight(g, "q.weight"));
                    return g.node("Reshape", named(product), g.node("Shape", x));
                },
                new Dim.Symbolic("batch"),
                new Dim.Fixed(5),
                new Dim.Fixed(WIDTH));
    }

    private void check(BiFunction<GraphBuilder, Value, Value> body, Dim... dims) throws InterruptedException {
        Value x = editor.addGraphInput(editor.model().graph(), "x", ValueType.of(DType.FLOAT32, dims));
        Value y = body.apply(editor.atEnd(editor.model().graph()), x);
        editor.setType(y, ValueType.of(DType.FLOAT32, dims));
        editor.addGraphOutput(y);
        Path base = folder.resolve("base.onnx");
        ModelWriter.write(editor.model(), base);
        compare(new RowsAgainstSingleRuns(base, folder, InputHints.NONE));
    }

    private static void compare(RowsAgainstSingleRuns forms) throws InterruptedException {
        List<Adapter> adapters = RandomAdapters.ofVariedRanks(forms.slots(), 2);
        try (BatchedModel model = forms.attach(2, 8);
                ModelSession base = forms.base()) {
            SlotAdapter first = model.prepare("first", adapters.get(0));
            SlotAdapter second = model.prepare("second", adapters.get(1));
            Map<String, HostTensor> batch = forms.batch(model, 3, 1);

            Map<String, HostTensor> mixed = model.run(batch, Arrays.asList(first, null, second));

            assertThat(values(mixed, 1, 3)).containsExactly(values(base.run(batch), 1, 3));
            try (ModelSession merged = forms.merged(adapters.get(0))) {
                assertClose(values(mixed, 0, 3), values(merged.run(batch), 0, 3), 1e-6, "first");
            }
            try (ModelSession merged = forms.merged(adapters.get(1))) {
                assertClose(values(mixed, 2, 3), values(merged.run(batch), 2, 3), 1e-6, "second");
            }
            Map<String, HostTensor> all = model.run(batch, Collections.nCopies(3, first));
            assertThat(values(all, 0, 3)).containsExactly(values(mixed, 0, 3));
        }
    }

    private Value named(Value product) {
        editor.rename(product.producer().orElseThrow(), "q");
        return product;
    }

    private Value weight(GraphBuilder g, String name) {
        return g.initializer(name, random(Shape.of(WIDTH, WIDTH)));
    }

    private Value bias(GraphBuilder g) {
        return g.initializer("q.bias", random(Shape.of(WIDTH)));
    }

    private Tensor random(Shape shape) {
        double[] values = new double[(int) shape.elements()];
        Arrays.setAll(values, i -> random.nextGaussian() / 3);
        return Tensor.ofDoubles("w", DType.FLOAT32, shape, values);
    }
}
