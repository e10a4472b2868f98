package dev.graft.runtime.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.Dimension.Fixed;
import dev.graft.runtime.session.Dimension.Symbolic;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.runtime.tiny.TinyModel;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How rows become a batch and outputs rows again, on models whose inputs are laid out in other ways. */
class RowBatchTest {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    @TempDir
    Path folder;

    @Test
    void withoutAMaskRowsOfDifferentLengthsStayApart() {
        try (BatchedModel model = open(tiny().input("input_ids", INT64, "batch", "sequence"))) {
            RowFormat format = RowFormat.of(model, Map.of());

            assertThat(format.padded()).isEmpty();
            assertThat(format.row(ids(1, 2)).key())
                    .isNotEqualTo(format.row(ids(1, 2, 3)).key());
            assertThat(format.row(ids(1, 2)).key())
                    .isEqualTo(format.row(ids(3, 4)).key());
            assertThat(RowFormat.of(model, Map.of("input_ids", 9.0)).padded()).containsExactly("sequence");
        }
    }

    @Test
    void paddingGoesBehindTheEndWithTheValueThatIsDeclared() {
        try (BatchedModel model = open(tiny().input("input_ids", INT64, "batch", "sequence"))) {
            RowFormat format = RowFormat.of(model, Map.of("input_ids", 9.0));

            RowBatch batch = new RowBatch(format, List.of(format.row(ids(1, 2, 3)), format.row(ids(4))));

            HostTensor together = batch.inputs().get("input_ids");
            assertThat(together.shape()).isEqualTo(Shape.of(2, 3));
            assertThat(together.toLongs()).containsExactly(1, 2, 3, 4, 9, 9);
            assertThat(batch.paddedShare()).isCloseTo(2.0 / 6, within(1e-12));
        }
    }

    @Test
    void rowsMayLieAlongAnyDimensionAndASharedInputMustBeTheSame() {
        TinyModel tiny = tiny().input("input_ids", INT64, "batch", 1)
                .input("past", FLOAT, 2, "batch", "before")
                .input("places", INT64, "before");
        try (BatchedModel model = open(tiny)) {
            RowFormat format = RowFormat.of(model, Map.of());
            Row first = format.row(cached(7, 5));
            Row second = format.row(cached(8, 5));

            HostTensor past =
                    new RowBatch(format, List.of(first, second)).inputs().get("past");

            assertThat(first.key())
                    .isEqualTo(second.key())
                    .isNotEqualTo(format.row(cached(7, 6)).key());
            assertThat(past.shape()).isEqualTo(Shape.of(2, 2, 2));
            assertThat(past.toDoubles()).containsExactly(7, 8, 8, 9, 9, 10, 10, 11);
        }
    }

    @Test
    void outputsAreCutToTheRowAndThoseOfNoRowAreLeftOut() {
        TinyModel tiny = tiny().input("input_ids", INT64, "batch", "sequence")
                .input("attention_mask", INT64, "batch", "sequence");
        List<ValueDescription> outputs = List.of(
                output("cache", new Fixed(2), new Symbolic("batch"), new Symbolic("sequence")),
                output("strided", new Symbolic("batch"), new Symbolic("sequence")),
                output("unnamed", new Symbolic("rows"), new Fixed(1)),
                output("total", new Fixed(2)));
        try (BatchedModel model = open(tiny)) {
            RowFormat format = RowFormat.of(model, Map.of());
            RowBatch batch = new RowBatch(format, List.of(format.row(masked(1, 2)), format.row(masked(3))));

            List<Map<String, HostTensor>> rows = batch.split(
                    outputs,
                    model.layout(),
                    Map.of(
                            "cache", HostTensor.ofFloats(Shape.of(2, 2, 2), 1, 2, 3, 4, 5, 6, 7, 8),
                            "strided", HostTensor.ofFloats(Shape.of(2, 1), 1, 2),
                            "unnamed", HostTensor.ofFloats(Shape.of(2, 1), 3, 4),
                            "total", HostTensor.ofFloats(Shape.of(2), 5, 6)));

            assertThat(rows.get(0)).containsOnlyKeys("cache", "strided", "unnamed");
            assertThat(rows.get(0).get("cache").shape()).isEqualTo(Shape.of(2, 1, 2));
            assertThat(rows.get(0).get("cache").toDoubles()).containsExactly(1, 2, 5, 6);
            assertThat(rows.get(1).get("cache").shape()).isEqualTo(Shape.of(2, 1, 1));
            assertThat(rows.get(1).get("cache").toDoubles()).containsExactly(3, 7);
            assertThat(rows.get(1).get("strided").toDoubles()).containsExactly(2);
            assertThat(rows.get(1).get("unnamed").toDoubles()).containsExactly(4);
        }
    }

    private static TinyModel tiny() {
        return TinyModel.create()
                .input("adapter_slot", INT64, "batch")
                .input(TinyBatched.A, FLOAT, 2, 2, 1)
                .input(TinyBatched.B, FLOAT, 2, 1, 2);
    }

    private static ValueDescription output(String name, Dimension... dims) {
        return new ValueDescription(name, DType.FLOAT32, List.of(dims));
    }

    /** The graph computes nothing of interest: how rows are laid out is a matter of the description alone. */
    private BatchedModel open(TinyModel tiny) {
        tiny.node("Identity", List.of(TinyBatched.A), "none");
        Path file = tiny.output("none", FLOAT, 2, 2, 1).write(folder.resolve("layout.onnx"));
        return BatchedModel.open(file, SessionSettings.DEFAULT.withoutOptimization());
    }

    private static Map<String, HostTensor> ids(long... ids) {
        return Map.of("input_ids", HostTensor.ofLongs(Shape.of(1, ids.length), ids));
    }

    private static Map<String, HostTensor> masked(long... ids) {
        HostTensor tensor = HostTensor.ofLongs(Shape.of(1, ids.length), ids);
        return Map.of("input_ids", tensor, "attention_mask", tensor);
    }

    private static Map<String, HostTensor> cached(int first, long place) {
        return Map.of(
                "input_ids", HostTensor.ofLongs(Shape.of(1, 1), 1),
                "past", HostTensor.ofFloats(Shape.of(2, 1, 2), first, first + 1, first + 2, first + 3),
                "places", HostTensor.ofLongs(Shape.of(2), place, place + 1));
    }
}
