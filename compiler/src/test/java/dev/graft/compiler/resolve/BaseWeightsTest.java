package dev.graft.compiler.resolve;

import static dev.graft.compiler.testing.TestAdapters.adapter;
import static dev.graft.compiler.testing.TestAdapters.linear;
import static dev.graft.compiler.testing.TestAdapters.replacement;
import static dev.graft.compiler.testing.TestGraph.nodeProto;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.format.safetensors.SafetensorsWriter;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.testing.TestGraph;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The base checkpoint as evidence. */
class BaseWeightsTest {
    @TempDir
    Path folder;

    @Test
    void aNamelessWeightIsFoundByItsTransposedValues() {
        Path checkpoint = checkpoint(transposed("model.fc.weight", 1, 5, 3));

        Resolution resolution = resolve(checkpoint, linear("model.fc", 5, 3));

        assertThat(resolution.bindings()).singleElement().satisfies(binding -> {
            assertThat(binding.rule()).isEqualTo(Rule.VALUES);
            assertThat(binding.view().tensor().name()).isEqualTo("w1");
        });
    }

    @Test
    void aShardedCheckpointIsReadThroughItsIndex() throws IOException {
        checkpoint(transposed("model.fc.weight", 9, 5, 3));
        Path index = Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"model.fc.weight\": \"model.safetensors\"}}");

        assertThat(resolve(index, linear("model.fc", 5, 3))
                        .bindings()
                        .get(0)
                        .view()
                        .tensor()
                        .name())
                .isEqualTo("w9");
        assertThat(resolve(folder, linear("model.fc", 5, 3)).bindings()).hasSize(1);
    }

    @Test
    void anIndexDoesNotLeadOutOfItsFolder() throws IOException {
        Path index = Files.writeString(
                folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {\"a\": \"../secret.safetensors\"}}");

        GraftException error = catchThrowableOfType(GraftException.class, () -> BaseWeights.open(index));

        assertThat(error.code()).isEqualTo(ErrorCode.JSON_MALFORMED);
        assertThat(error).hasMessageContaining("the index names the shard '../secret.safetensors'");
    }

    @Test
    void aNameThatTheValuesRefuteIsAnError() {
        Path checkpoint = checkpoint(transposed("named.weight", 100, 5, 3));

        GraftException error =
                catchThrowableOfType(GraftException.class, () -> resolve(checkpoint, linear("named", 5, 3)));

        assertThat(error.code()).isEqualTo(ErrorCode.TARGET_NOT_FOUND);
        assertThat(error)
                .hasMessageContaining(
                        "the stored values are not those of 'named.weight' in the base checkpoint, neither as "
                                + "they are nor transposed");
    }

    @Test
    void theValuesOfASquareWeightSayWhetherItIsTransposed() {
        Tensor asStored = counting("square.weight", 50, 4, 4);
        Tensor turned = transposed("square.weight", 50, 4, 4);

        assertThat(resolve(checkpoint(asStored), replacement("square", "weight", 4, 4))
                        .bindings()
                        .get(0)
                        .view()
                        .orientation())
                .isEqualTo(Orientation.OUT_IN);
        assertThat(resolve(checkpoint(turned), replacement("square", "weight", 4, 4))
                        .bindings()
                        .get(0)
                        .view()
                        .orientation())
                .isEqualTo(Orientation.IN_OUT);
    }

    @Test
    void aFineCheckpointIsRoundedToTheModelsType() {
        Tensor fine = Tensor.ofDoubles(
                "named.weight",
                DType.FLOAT64,
                Shape.of(5, 3),
                java.util.Arrays.stream(transposed("t", 30, 5, 3).toDoubles())
                        .map(value -> value + 1e-9)
                        .toArray());

        assertThat(resolve(checkpoint(fine), linear("named", 5, 3)).bindings()).hasSize(1);
    }

    private Resolution resolve(Path checkpoint, ModuleChange change) {
        return Resolver.resolve(
                model(), List.of(adapter("a", change)), new ResolveOptions(Map.of(), Optional.of(checkpoint)));
    }

    /** Three nameless products, a named one and a square one. */
    private ModelIndex model() {
        TestGraph graph = TestGraph.ofInput("x");
        for (int first : List.of(1, 5, 9)) {
            graph.weight("w" + first, first, 3, 5)
                    .node(nodeProto("MatMul", "", List.of("x", "w" + first), List.of("y" + first)));
        }
        graph.weight("n", 30, 3, 5).node(nodeProto("MatMul", "/named/MatMul", List.of("x", "n"), List.of("yn")));
        graph.weight("s", 50, 4, 4).node(nodeProto("MatMul", "/square/MatMul", List.of("x", "s"), List.of("ys")));
        return ModelScanner.scan(graph.write(folder.resolve("model.onnx")));
    }

    /** Elements count up in steps of 1/8, as in the model. */
    private static Tensor counting(String name, double first, int rows, int columns) {
        double[] values = new double[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = first + i / 8.0;
        }
        return Tensor.ofDoubles(name, DType.FLOAT32, Shape.of(rows, columns), values);
    }

    /** The transpose of what the model stores as [columns, rows]. */
    private static Tensor transposed(String name, double first, int rows, int columns) {
        double[] values = new double[rows * columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                values[row * columns + column] = first + (column * rows + row) / 8.0;
            }
        }
        return Tensor.ofDoubles(name, DType.FLOAT32, Shape.of(rows, columns), values);
    }

    private Path checkpoint(Tensor tensor) {
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, Map.of(), List.of(tensor));
        return file;
    }
}
