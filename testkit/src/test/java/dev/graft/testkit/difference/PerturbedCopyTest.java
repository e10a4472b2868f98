package dev.graft.testkit.difference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.testing.Fixtures;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PerturbedCopyTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama/base/model_dynamo.onnx",
                "llama/base/model_external.onnx",
                "mlp_fp16/base/model_dynamo.onnx",
                "mlp_bf16/base/model_dynamo.onnx"
            })
    void everyWeightMovesToANeighbour(String name) throws Exception {
        ModelIndex model = ModelScanner.scan(Fixtures.path(name));

        ModelIndex copy = ModelScanner.scan(PerturbedCopy.write(model, folder));

        List<TensorChange> changes = TensorChanges.between(model, copy);
        assertThat(ArchitectureDifferences.between(model, copy)).isEmpty();
        assertThat(changes).isNotEmpty().allSatisfy(change -> {
            double largestWeight = largest(model, change.tensor());
            assertThat(change.changed()).isEqualTo(change.shape().elements());
            assertThat(change.largest())
                    .isPositive()
                    .isLessThanOrEqualTo(2.5 * change.dtype().unitRoundoff() * largestWeight);
        });
    }

    private static double largest(ModelIndex model, String tensor) {
        double largest = 0;
        for (double value :
                StoredTensors.of(model).get(tensor).tensor().orElseThrow().toDoubles()) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
