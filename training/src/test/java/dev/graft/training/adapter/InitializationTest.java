package dev.graft.training.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.format.safetensors.SafetensorsFile;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.tensor.Shape;
import dev.graft.testing.Fixtures;
import dev.graft.training.adapter.Initialization.Factors;
import dev.graft.training.graph.CrossEntropy;
import dev.graft.training.graph.TrainingGraph;
import dev.graft.training.graph.TrainingTarget;
import dev.graft.training.precision.Activations;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainableLayout.Entry;
import dev.graft.training.step.TrainableLayout.Group;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * First values against those of PEFT 0.21.2 behind {@code torch.manual_seed(42); get_peft_model(fixture, LoraConfig(...))}, which {@code
 * src/test/scripts/initialization_goldens.py} wrote.
 */
class InitializationTest {
    /** Of PyTorch's logarithm and cosine in single precision, for a standard deviation of 1. */
    private static final double LAST_BITS = 1e-6;

    private static SafetensorsFile peft;

    @BeforeAll
    static void readGoldens() throws URISyntaxException {
        peft = SafetensorsReader.read(
                Path.of(Objects.requireNonNull(InitializationTest.class.getResource("initialization.safetensors"))
                        .toURI()));
    }

    @Test
    void factorsArePeftsToTheBit() {
        assertEqual("kaiming", layout("llama", TrainingTarget.of("q_proj|v_proj|down_proj", 3, 1)), 0);
    }

    /** They are drawn too, before they become zero. */
    @Test
    void withBiasesInTheBranchesTheyAreToo() {
        assertEqual(
                "kaiming_biases",
                layout("qwen2", TrainingTarget.of("[qkv]_proj", 2, 1).withBranchBias()),
                0);
    }

    @Test
    void ofConvolutionsTheyAreToo() {
        assertEqual("kaiming_convolutions", layout("conv", TrainingTarget.of("stem|point|deep|head", 2, 1)), 0);
    }

    /** What the embedding draws moves what q_proj does. */
    @Test
    void anEmbeddingBeginsWithPeftsNumbersAndSoDoesWhatComesBehindIt() {
        TrainableLayout layout = layout("llama", TrainingTarget.of("embed_tokens|q_proj", 3, 1));

        assertEqual("kaiming_embedding", layout, LAST_BITS);
    }

    @Test
    void gaussianFactorsArePeftsButForTheLastBits() {
        assertEqual("gaussian", layout("llama", TrainingTarget.of("q_proj|v_proj|down_proj", 3, 1)), LAST_BITS / 3);
        assertEqual("gaussian_embedding", layout("llama", TrainingTarget.of("embed_tokens|q_proj", 3, 1)), LAST_BITS);
    }

    /** Of 54, 12, 144 and 10 values: whole blocks of 16, a block with a rest, too few for a block. */
    @Test
    void gaussianFactorsOfConvolutionsAreToo() {
        assertEqual(
                "gaussian_convolutions",
                layout("conv", TrainingTarget.of("stem|point|deep|head", 2, 1)),
                LAST_BITS / 2);
    }

    /** The last of 15 values leaves half a pair, which the first of the last 9 takes. */
    @Test
    void halfAPairIsKeptForTheNextFewValues() {
        List<Entry> entries = new ArrayList<>();
        add(entries, "first", 5);
        add(entries, "second", 7);
        add(entries, "third", 3);

        assertEqual("gaussian_odd", new TrainableLayout(entries), LAST_BITS / 3);
    }

    private static void add(List<Entry> entries, String module, int in) {
        long end = new TrainableLayout(entries).size();
        entries.add(new Entry(module + ".lora_A.weight", Shape.of(3, in), end, false, Group.LORA_A));
        entries.add(new Entry(module + ".lora_B.weight", Shape.of(2, 3), end + 3L * in, true, Group.LORA_B));
    }

    private static TrainableLayout layout(String model, TrainingTarget target) {
        return TrainingGraph.build(
                        Fixtures.path(model + "/base/model_dynamo.onnx"),
                        target,
                        new CrossEntropy(),
                        List.of(),
                        Activations.FLOAT32,
                        TrainingGraph.Purpose.EVALUATION)
                .layout();
    }

    /** Every value of a case, and no other ones but zeros. */
    private static void assertEqual(String goldens, TrainableLayout layout, double tolerance) {
        Factors factors = goldens.startsWith("gaussian") ? Factors.GAUSSIAN : Factors.KAIMING;
        float[] values = Initialization.of(layout, Map.of(), factors, 42);
        for (Entry entry : layout.entries()) {
            boolean drawn =
                    entry.name().endsWith(".lora_A.weight") || entry.name().endsWith(".lora_embedding_B");
            double[] expected = drawn
                    ? Objects.requireNonNull(peft.tensors().get(goldens + "/" + entry.name()), entry.name())
                            .toDoubles()
                    : new double[(int) entry.shape().elements()];
            double[] own = inPeftsOrder(entry, values);
            for (int i = 0; i < expected.length; i++) {
                double difference = Math.abs(own[i] - expected[i]);
                assertThat(difference)
                        .as("%s [%d]: %s, not %s", entry.name(), i, own[i], expected[i])
                        .isLessThanOrEqualTo(tolerance);
            }
        }
        assertThat(layout.entries().stream()
                        .map(Entry::name)
                        .filter(name -> peft.tensors().containsKey(goldens + "/" + name)))
                .hasSize((int) peft.tensors().keySet().stream()
                        .filter(name -> name.startsWith(goldens + "/"))
                        .count());
    }

    private static double[] inPeftsOrder(Entry entry, float[] values) {
        int rows = (int) entry.shape().dim(0);
        double[] own = new double[(int) entry.shape().elements()];
        int columns = own.length / rows;
        for (int i = 0; i < own.length; i++) {
            int place = entry.transposed() ? i % columns * rows + i / columns : i;
            own[i] = values[(int) entry.offset() + place];
        }
        return own;
    }
}
