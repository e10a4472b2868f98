package dev.graft.testkit.error;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.compare.OutputComparison;
import dev.graft.runtime.compare.OutputKind;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.testkit.difference.TargetFinding;
import dev.graft.testkit.difference.TargetFinding.Kind;
import dev.graft.testkit.difference.TensorChange;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.error.ErrorMessageFactory;
import org.junit.jupiter.api.Test;

/** What each failed assertion says, word for word. */
class ErrorMessagesTest {
    private static final Path MODEL = Path.of("merged.onnx");
    private static final Path BASE = Path.of("base.onnx");
    private static final Path ADAPTER = Path.of("adapter");

    @Test
    void sameArchitecture() {
        assertMessage(new ShouldHaveSameArchitecture(MODEL, BASE, List.of("number of nodes: expected 3, got 5")), """

                Expecting model
                  merged.onnx
                to have the same architecture as
                  base.onnx
                but the graphs differ:
                  number of nodes: expected 3, got 5
                Likely cause: the model was exported again, optimised or attached to; a merge changes nothing but values of weights.""");
    }

    @Test
    void differOnlyIn() {
        TensorChange change = new TensorChange(
                "val_72", List.of("model.layers.0.self_attn.v_proj"), DType.FLOAT32, Shape.of(16, 8), 128, 0.25);

        assertMessage(new ShouldDifferOnlyIn(MODEL, BASE, List.of("q_proj"), List.of(change)), """

                Expecting model
                  merged.onnx
                to differ from
                  base.onnx
                only in [q_proj], but these differ too:
                  'val_72' of model.layers.0.self_attn.v_proj, float32 [16, 8]: 128 of 128 elements, by at most 0.250
                Likely cause: the adapter has more targets than named here, or a weight is shared and was changed for all its users.""");
    }

    @Test
    void nameWeights() {
        assertMessage(
                new ShouldNameWeights(BASE, List.of("q_porj", "100%"), List.of("model.q_proj", "model.v_proj")), """

                Expecting the names
                  q_porj   Did you mean 'q_proj'?
                  100%
                to mean modules or weights of
                  base.onnx
                but it has none of that name.
                Give a module's whole path or its last parts, as graft inspect prints them.""");
    }

    @Test
    void sameOutputs() {
        OutputComparison comparison = OutputComparison.of(
                "logits",
                OutputKind.LOGITS,
                HostTensor.ofFloats(Shape.of(1, 2), 0, 1),
                HostTensor.ofFloats(Shape.of(1, 2), 0, -1));

        assertMessage(new ShouldProduceSameOutputs(MODEL, BASE, 3, comparison, 1e-6, false), """

                Expecting model
                  merged.onnx
                to produce the same outputs as
                  base.onnx
                but on sample 3 the output 'logits' [1, 2] is off:
                  largest error 2.00, tolerance 1.00e-06 (measured: the other model with its weights rounded once more)
                  mean error 1.00, largest expected value 1.00, cosine -1.000000000
                  worst at [0, 1]: expected 1.00000000, got -1.00000000
                  first choice agrees in 0.00 % of 1 rows, divergence at most 0.462 nats
                Likely cause: other weights: another adapter, another scaling, or a target left out; isMergeOf names it.""");
        assertThat(new ShouldProduceSameOutputs(MODEL, BASE, 0, comparison, 0.1, true).create())
                .contains("tolerance 0.100 (given)")
                .endsWith("give a tolerance with within(...).");
    }

    @Test
    void outputsThatAreNotFinite() {
        OutputComparison comparison = OutputComparison.of(
                "y",
                OutputKind.VALUES,
                HostTensor.ofFloats(Shape.of(1), 0),
                HostTensor.ofFloats(Shape.of(1), Float.NaN));

        assertThat(new ShouldProduceSameOutputs(MODEL, BASE, 0, comparison, 1, false).create())
                .contains("worst at [0]: expected 0.00000000, got NaN")
                .contains("1 values are finite in one model only")
                .endsWith("Likely cause: a weight that is not finite, or an overflow in half precision.");
    }

    @Test
    void comparable() {
        GraftException reason =
                new GraftException(ErrorCode.VERIFICATION_FAILED, "expected an output 'y', got [z]", Location.NONE, "");

        assertMessage(new ShouldBeComparable(MODEL, BASE, reason), """

                Expecting model
                  merged.onnx
                to produce the same outputs as
                  base.onnx
                but their inputs or outputs differ: expected an output 'y', got [z].
                Likely cause: models of other architectures; hasSameArchitectureAs names what differs.""");
    }

    @Test
    void mergeOf() {
        assertMessage(new ShouldBeMergeOf(MODEL, BASE, ADAPTER, 0.5, List.of(finding(Kind.SCALED, 2, ""))), """

                Expecting model
                  merged.onnx
                to be the merge of
                  base.onnx
                with
                  adapter at weight 0.5
                but 1 of its weights are not:
                  layers.0.q_proj has 2.000 times the change that the adapter says (4 of 4 elements, off by at most 0.100)
                Likely cause: another alpha, rank scaling or adapter weight: all changes are 2.000 times as large.""");
    }

    @Test
    void causesOfAWrongMerge() {
        assertThat(cause(finding(Kind.UNCHANGED, Double.NaN, ""))).contains("targets were left out");
        assertThat(cause(finding(Kind.TRANSPOSED, Double.NaN, ""))).contains("added transposed");
        assertThat(cause(finding(Kind.SWAPPED, Double.NaN, "layers.1.q_proj"))).contains("wrong modules");
        assertThat(cause(finding(Kind.OTHER_CHANGE, Double.NaN, ""))).contains("another adapter was merged");
        assertThat(cause(finding(Kind.NOT_A_TARGET, Double.NaN, ""))).contains("outside the adapter's targets");
        assertThat(cause(finding(Kind.NOT_FINITE, Double.NaN, ""))).contains("overflows");
        assertThat(cause(finding(Kind.SCALED, 2, ""), finding(Kind.SCALED, 4, "")))
                .contains("alpha_pattern, rank_pattern or rsLoRA");
        assertThat(cause(finding(Kind.SCALED, 2, ""), finding(Kind.UNCHANGED, 4, "")))
                .contains("several; look at the weights");
    }

    @Test
    void longListsAreCut() {
        List<String> lines = IntStream.range(0, 11).mapToObj(i -> "line " + i).toList();

        assertThat(Lines.of(lines)).endsWith("  line 7\n  and 3 more");
    }

    @Test
    void forAllModules() {
        assertMessage(new ShouldHaveForAllModules(ADAPTER, "rank", 8L, 2, Map.of("layers.0.q_proj", 4L)), """

                Expecting adapter
                  adapter
                to have rank 8 for every module, but 1 of 2 have another:
                  layers.0.q_proj: 4
                Likely cause: another configuration, or rank_pattern and alpha_pattern in it.""");
        assertThat(new ShouldHaveForAllModules(ADAPTER, "rank", 8L, 0, Map.of()).create())
                .endsWith("but it has no low-rank change.");
    }

    @Test
    void method() {
        assertMessage(new ShouldHaveMethod(ADAPTER, "DoRA", "LoRA"), """

                Expecting adapter
                  adapter
                to be DoRA, but it is LoRA.
                Likely cause: use_rslora, use_dora or peft_type in adapter_config.json.""");
    }

    @Test
    void target() {
        assertMessage(new ShouldTarget(ADAPTER, List.of("q_porj"), List.of("q_porj"), List.of("layers.0.q_proj")), """

                Expecting adapter
                  adapter
                to target [q_porj] and nothing else, but it does not change:
                  q_porj   Did you mean 'q_proj'?
                and it changes:
                  layers.0.q_proj""");
    }

    @Test
    void finiteValues() {
        assertMessage(
                new ShouldHaveFiniteValues(ADAPTER, Tensor.ofFloats("q.lora_A", Shape.of(2), 1, Float.NaN), 1), """

                Expecting adapter
                  adapter
                to have finite values only, but 1 of 2 values of 'q.lora_A' are NaN or infinite.
                Likely cause: the training run diverged; take an earlier checkpoint.""");
    }

    @Test
    void fit() {
        GraftException reason =
                new GraftException(ErrorCode.TARGET_NOT_FOUND, "no module fits", Location.NONE, "Look again.");

        assertMessage(new ShouldFit(ADAPTER, BASE, reason), """

                Expecting adapter
                  adapter
                to fit model
                  base.onnx
                but TARGET_NOT_FOUND:
                no module fits
                  try: Look again.
                  see: docs/troubleshooting.md#target_not_found""");
    }

    private static String cause(TargetFinding... findings) {
        return new ShouldBeMergeOf(MODEL, BASE, ADAPTER, 1, List.of(findings)).create();
    }

    private static TargetFinding finding(Kind kind, double factor, String other) {
        return new TargetFinding("val_1", "layers.0.q_proj", kind, factor, other, 4, 4, 0.1);
    }

    private static void assertMessage(ErrorMessageFactory message, String expected) {
        assertThat(message.create().replace(System.lineSeparator(), "\n")).isEqualTo(expected);
    }
}
