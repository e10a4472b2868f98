package dev.graft.compiler.resolve;

import static dev.graft.compiler.testing.TestAdapters.adapter;
import static dev.graft.compiler.testing.TestAdapters.linear;
import static dev.graft.compiler.testing.TestAdapters.zeros;
import static dev.graft.compiler.testing.TestGraph.nodeProto;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.groups.Tuple.tuple;

import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.Projections;
import dev.graft.adapter.SharedProjectionChange;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.testing.TestGraph;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of which the base's layers decide the shape. */
class BaseWidthsTest {
    @TempDir
    Path folder;

    private final List<Long> askedFor = new ArrayList<>();

    @Test
    void veraTakesTheCornerOfItsLayerAndIsDrawnForTheWidestOfTheAdapter() {
        SharedProjectionChange q = shared("q", 5);
        SharedProjectionChange k = shared("k", 4);

        Resolution resolution = resolve(model(), adapter("a", q, k, linear("head", 6, 9)));

        List<LowRankChange> settled = resolution.adapters().get(0).adapter().lowRankChanges();
        assertThat(settled)
                .extracting(
                        LowRankChange::module,
                        LowRankChange::kind,
                        change -> change.a().shape())
                .contains(tuple("q", LayerKind.LINEAR, Shape.of(2, 3)), tuple("k", LayerKind.LINEAR, Shape.of(2, 7)));
        assertThat(askedFor).containsOnly(7L);
        assertThat(resolution.bindings())
                .extracting(Binding::change)
                .allMatch(change -> settled.stream().anyMatch(each -> each == change));
    }

    @Test
    void adaptersAreDrawnEachForItsOwnWidest() {
        resolve(model(), adapter("a", shared("q", 5)), adapter("b", shared("k", 4)));

        assertThat(askedFor).containsOnly(3L, 7L);
    }

    @Test
    void veraForOtherWidthsIsRefused() {
        assertThat(refused(adapter("a", shared("q", 4))))
                .hasMessageContaining("its weight has 5 outputs and 3 inputs, the adapter's vectors are for 4 outputs");
        assertThat(refused(adapter("a", shared("head", 6))))
                .hasMessageContaining(
                        "its weight has 6 outputs and 9 inputs, the adapter's vectors are for 6 outputs and"
                                + " its projection for at most 8 inputs");
    }

    @Test
    void veraOfAConvolutionIsRefused() {
        GraftException error = refused(adapter("a", shared("conv", 4)));

        assertThat(error.code()).isEqualTo(ErrorCode.TARGET_NOT_FOUND);
        assertThat(error).hasMessageContaining("it is Conv (convolution), the change is for a linear layer");
    }

    @Test
    void adaLoraIsAsTheBasesLayerIs() {
        Resolution resolution = resolve(model(), adapter("a", either("q", 5, 3), either("conv", 4, 6)));

        assertThat(resolution.adapters().get(0).adapter().lowRankChanges())
                .extracting(
                        LowRankChange::kind,
                        change -> change.a().shape(),
                        change -> change.b().shape())
                .containsExactly(
                        tuple(LayerKind.LINEAR, Shape.of(2, 3), Shape.of(5, 2)),
                        tuple(LayerKind.CONV, Shape.of(2, 2, 3), Shape.of(4, 2, 1)));
    }

    @Test
    void adaLoraForOtherWidthsIsRefused() {
        assertThat(refused(adapter("a", either("conv", 4, 5))))
                .hasMessageContaining("its weight has 4 outputs and 6 inputs, the adapter's factors are for 4 and 5");
        assertThat(refused(adapter("a", either("q", 6, 3))))
                .hasMessageContaining("its weight has 5 outputs and 3 inputs, the adapter's factors are for 6 and 3");
    }

    private SharedProjectionChange shared(String module, long outputs) {
        Projections projections = new Projections() {
            @Override
            public long mostInputs() {
                return 8;
            }

            @Override
            public Tensor a(long widestInputs) {
                askedFor.add(widestInputs);
                return zeros(2, 8);
            }

            @Override
            public Tensor b(long widestInputs) {
                askedFor.add(widestInputs);
                return zeros(8, 2);
            }
        };
        return new SharedProjectionChange(module, projections, zeros(outputs), zeros(2));
    }

    private static ModuleChange either(String module, long outputs, long inputs) {
        return new LowRankChange(module, LayerKind.LINEAR_OR_CONV, zeros(2, inputs), zeros(outputs, 2), 1, null, null);
    }

    /** q with 3 inputs and 5 outputs, k with 7 and 4, head with 9 and 6, conv with 2 channels and a kernel of 3 and 4 outputs. */
    private static TestGraph model() {
        return TestGraph.ofInput("x")
                .weight("wq", 1, 3, 5)
                .weight("wk", 9, 7, 4)
                .weight("wh", 2, 9, 6)
                .weight("conv.weight", 1, 4, 2, 3)
                .node(nodeProto("MatMul", "/q/MatMul", List.of("x", "wq"), List.of("q")))
                .node(nodeProto("MatMul", "/k/MatMul", List.of("x", "wk"), List.of("k")))
                .node(nodeProto("MatMul", "/head/MatMul", List.of("x", "wh"), List.of("h")))
                .node("Conv", "/conv/Conv", List.of("x", "conv.weight"), List.of("y"));
    }

    private Resolution resolve(TestGraph graph, WeightedAdapter... adapters) {
        return Resolver.resolve(
                ModelScanner.scan(graph.write(folder.resolve("model.onnx"))),
                List.of(adapters),
                ResolveOptions.DEFAULT);
    }

    private GraftException refused(WeightedAdapter adapter) {
        GraftException error = catchThrowableOfType(GraftException.class, () -> resolve(model(), adapter));
        assertThat(error).isNotNull();
        return error;
    }
}
