package dev.graft.testkit;

import static dev.graft.testkit.GraftAssertions.assertThatModel;
import static dev.graft.testkit.TestMerges.ADAPTER;
import static dev.graft.testkit.TestMerges.BASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.graft.compiler.scan.ModelScanner;
import dev.graft.error.GraftException;
import dev.graft.testing.Fixtures;
import dev.graft.testkit.difference.TensorChange;
import dev.graft.testkit.difference.TensorChanges;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelAssertTest {
    private static final String[] TARGETS = {"q_proj", "v_proj"};
    private static final String NORM = "m.model.norm.weight";

    @TempDir
    Path folder;

    private Path merged;

    @BeforeEach
    void merge() {
        merged = TestMerges.merge(folder, 1);
    }

    @Test
    void aMergedModelPassesEveryAssertion() throws Exception {
        Path inputs = Files.writeString(folder.resolve("inputs.jsonl"), "{\"input_ids\": [1, 2, 3]}");

        assertThatModel(merged)
                .hasSameArchitectureAs(BASE)
                .isMergeOf(BASE, ADAPTER)
                .differsOnlyIn(TARGETS)
                .from(BASE)
                .producesSameOutputsAs(merged)
                .onSamples(4)
                .producesSameOutputsAs(merged)
                .within(0)
                .onInputs(inputs);
    }

    @Test
    void anotherGraphIsNamed() {
        Path other = Fixtures.path("llama/base/model_ts.onnx");

        assertThatThrownBy(() -> assertThatModel(other).hasSameArchitectureAs(BASE))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("to have the same architecture as")
                .hasMessageContaining("operator sets: expected");
    }

    @Test
    void weightsThatShouldNotDifferAreNamed() {
        Throwable error = catchThrowable(
                () -> assertThatModel(merged).differsOnlyIn(TARGETS[0]).from(BASE));

        assertThat(error).hasMessageContaining("only in [q_proj], but these differ too:");
        assertThat(error.getMessage())
                .contains("model.layers.0.self_attn.v_proj, float32")
                .contains("elements, by at most");
        assertThat(error.getMessage()).doesNotContain("self_attn.q_proj,");
    }

    @Test
    void aNameThatMeansNothingIsAMistakeInTheTest() {
        assertThatThrownBy(() -> assertThatModel(merged).differsOnlyIn("q_porj").from(BASE))
                .hasMessageContaining("q_porj   Did you mean 'q_proj'?");
    }

    @Test
    void theBaseIsNoMerge() {
        assertThatThrownBy(() -> assertThatModel(BASE).isMergeOf(BASE, ADAPTER))
                .hasMessageContaining("self_attn.q_proj is the base's, unchanged")
                .hasMessageContaining("Likely cause: these targets were left out of the merge");
    }

    @Test
    void anotherScalingIsNamed() {
        Path twice = TestMerges.merge(folder, 2);

        assertThatModel(twice).isMergeOf(BASE, ADAPTER, 2);
        assertThatThrownBy(() -> assertThatModel(twice).isMergeOf(BASE, ADAPTER))
                .hasMessageContaining("has 2.000 times the change that the adapter says")
                .hasMessageContaining(
                        "another alpha, rank scaling or adapter weight: all changes are 2.000 times as large");
    }

    @Test
    void twiceTheChangeIsNamedWhereEachElementIsWithinRounding() {
        // given weights away from zero and an adapter so weak that its change is a few roundings of them
        String query = changedTensor();
        Path base =
                TestMerges.change(BASE, folder.resolve("large.onnx"), query, value -> Math.copySign(1 + value, value));
        double[] before = TestMerges.values(BASE, query);
        double[] after = TestMerges.values(merged, query);
        double largest = IntStream.range(0, before.length)
                .mapToDouble(i -> Math.abs(after[i] - before[i]))
                .max()
                .orElseThrow();
        double weak = 5e-7 / largest;

        assertThatModel(TestMerges.merge(base, folder, weak)).isMergeOf(base, ADAPTER, weak);
        assertThatThrownBy(() -> assertThatModel(TestMerges.merge(base, folder, 2 * weak))
                        .isMergeOf(base, ADAPTER, weak))
                .hasMessageContaining("model.layers.0.self_attn.q_proj has ");
    }

    @Test
    void anotherAdapterIsNamed() {
        Path other = Fixtures.path("llama/lora_second/adapter");

        assertThatThrownBy(() -> assertThatModel(merged).isMergeOf(BASE, other))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("of its weights are not:");
    }

    @Test
    void aChangeOutsideTheTargetsIsNamed() {
        Path broken = TestMerges.change(merged, folder.resolve("broken.onnx"), NORM, value -> value * 1.001);

        assertThatThrownBy(() -> assertThatModel(broken).isMergeOf(BASE, ADAPTER))
                .hasMessageContaining("is no target and differs from the base")
                .hasMessageContaining("Likely cause: weights outside the adapter's targets were changed.");
    }

    @Test
    void aMergeThatRoundsOnceMoreIsStillOne() {
        Path rounded = TestMerges.change(
                merged, folder.resolve("rounded.onnx"), changedTensor(), value -> Math.nextUp((float) value));

        assertThatModel(rounded).isMergeOf(BASE, ADAPTER);
    }

    @Test
    void aValueThatIsNotFiniteIsNamed() {
        Path broken = TestMerges.change(merged, folder.resolve("broken.onnx"), changedTensor(), value -> Double.NaN);

        assertThatThrownBy(() -> assertThatModel(broken).isMergeOf(BASE, ADAPTER))
                .hasMessageContaining("self_attn.q_proj holds values that are not finite");
    }

    @Test
    void aChangeThatWasAddedTransposedIsNamed() {
        String query = changes("q_proj").get(0);
        double[] before = TestMerges.values(BASE, query);
        double[] after = TestMerges.values(merged, query);
        double[] transposed = new double[before.length];
        Arrays.setAll(transposed, i -> before[i] + after[i % 16 * 16 + i / 16] - before[i % 16 * 16 + i / 16]);
        Path broken = TestMerges.replace(merged, folder.resolve("transposed.onnx"), query, transposed);

        assertThatThrownBy(() -> assertThatModel(broken).isMergeOf(BASE, ADAPTER))
                .hasMessageContaining("model.layers.0.self_attn.q_proj has the change transposed")
                .hasMessageContaining("which no shape check notices on a square weight");
    }

    @Test
    void aChangeOfAnotherModuleIsNamed() {
        List<String> queries = changes("q_proj");
        double[] before = TestMerges.values(BASE, queries.get(0));
        double[] otherBefore = TestMerges.values(BASE, queries.get(1));
        double[] otherAfter = TestMerges.values(merged, queries.get(1));
        double[] swapped = new double[before.length];
        Arrays.setAll(swapped, i -> before[i] + otherAfter[i] - otherBefore[i]);
        Path broken = TestMerges.replace(merged, folder.resolve("swapped.onnx"), queries.get(0), swapped);

        assertThatThrownBy(() -> assertThatModel(broken).isMergeOf(BASE, ADAPTER))
                .hasMessageContaining(
                        "model.layers.0.self_attn.q_proj has the change of model.layers.1.self_attn.q_proj")
                .hasMessageContaining("assigned to the wrong modules");
    }

    @Test
    void oneTargetLeftOutIsNamed() {
        String value = changes("v_proj").get(1);
        Path broken =
                TestMerges.replace(merged, folder.resolve("left_out.onnx"), value, TestMerges.values(BASE, value));

        assertThatThrownBy(() -> assertThatModel(broken).isMergeOf(BASE, ADAPTER))
                .hasMessageContaining("but 1 of its weights are not:")
                .hasMessageContaining("model.layers.1.self_attn.v_proj is the base's, unchanged");
    }

    @Test
    void otherOutputsAreMeasured() {
        assertThatThrownBy(() ->
                        assertThatModel(merged).producesSameOutputsAs(BASE).onSamples(2))
                .hasMessageContaining("but on sample 0 the output 'output' [1, 8, 24] is off:")
                .hasMessageContaining("(measured: the other model with its weights rounded once more)")
                .hasMessageContaining("worst at [0, ")
                .hasMessageContaining("isMergeOf names it");
        assertThatModel(merged).producesSameOutputsAs(BASE).within(1e6).onSamples(1);
    }

    @Test
    void outputsThatAreNoNumbersAreNotTheSame() {
        Path broken = TestMerges.change(BASE, folder.resolve("broken.onnx"), NORM, value -> Double.NaN);

        assertThatThrownBy(() ->
                        assertThatModel(broken).producesSameOutputsAs(broken).onSamples(1))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("192 values are finite in one model only, or NaN")
                .hasMessageContaining("Likely cause: a weight that is not finite");
    }

    @Test
    void modelsOfOtherInputsAreNotComparable() {
        Path other = Fixtures.path("conv/base/model_dynamo.onnx");

        assertThatThrownBy(() ->
                        assertThatModel(merged).producesSameOutputsAs(other).onSamples(1))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(
                        "but their inputs or outputs differ: no value for the input 'attention_mask', 'input_ids'");
    }

    @Test
    void aFileThatIsNoModelIsAnErrorAndNoFailure() {
        assertThatThrownBy(() -> assertThatModel(folder.resolve("none.onnx")).hasSameArchitectureAs(BASE))
                .isInstanceOf(GraftException.class)
                .hasMessage("no such file");
    }

    @Test
    void aDescriptionIsKept() {
        assertThatThrownBy(() -> assertThatModel(BASE).as("release candidate").isMergeOf(BASE, ADAPTER))
                .hasMessageStartingWith("[release candidate]");
    }

    private String changedTensor() {
        return changes("q_proj").get(0);
    }

    /** The changed tensors of a kind of module, by layer. */
    private List<String> changes(String module) {
        return TensorChanges.between(ModelScanner.scan(BASE), ModelScanner.scan(merged)).stream()
                .filter(change -> change.modules().get(0).endsWith("." + module))
                .sorted(Comparator.comparing(change -> change.modules().get(0)))
                .map(TensorChange::tensor)
                .toList();
    }
}
