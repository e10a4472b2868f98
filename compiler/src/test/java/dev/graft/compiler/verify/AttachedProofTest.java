package dev.graft.compiler.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.compiler.attach.AttachForm;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.attach.SlotCapacity;
import dev.graft.compiler.attach.Slots;
import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelComparison.Difference;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.io.Progress;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Fixtures;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A model that was attached is told from one that only looks like it. */
class AttachedProofTest {
    private static final Path BASE = Fixtures.path("llama/base/model_ts.onnx");

    @TempDir
    Path folder;

    static Stream<AttachOptions> everyWay() {
        AttachOptions options = AttachOptions.DEFAULT;
        return Stream.of(
                options,
                options.withForm(AttachForm.BESIDE),
                options.withStyle(AttachStyle.INPUT),
                options.withStyle(AttachStyle.INPUT).withNames(NameStyle.GENAI),
                options.withStyle(AttachStyle.INPUT).withSlots(Slots.select(ModelScanner.scan(BASE), "k_proj|up_proj")),
                options.withStyle(AttachStyle.BATCHED).withCapacity(new SlotCapacity(3, 32)));
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void whatWasAttachedPasses(AttachOptions options) {
        Resolution resolution = resolve(BASE, "llama/lora");

        AttachedProof proof = AttachedProof.check(resolution, attach(resolution, options));

        assertThat(proof.differences()).isEmpty();
        assertThat(proof.style()).isEqualTo(options.style());
    }

    @ParameterizedTest
    @CsvSource({
        "llama/base/model_dynamo.onnx, llama/dora",
        "llama/base/model_external.onnx, llama/lora_all_linear",
        "llama/base/model_ts.onnx, llama/lora_modules_to_save",
        "gpt2/base/model_dynamo.onnx, gpt2/lora_all_linear",
        "qwen2/base/model_ts.onnx, qwen2/lora_bias_param",
        "bert/base/model_ts.onnx, bert/lora_embed",
        "conv/base/model_dynamo.onnx, conv/lora",
        "mlp_fp16/base/model_dynamo.onnx, mlp_fp16/lora",
        "subgraph/base/model.onnx, subgraph/lora"
    })
    void adaptersOfEveryKindPass(String base, String variant) {
        Resolution resolution = resolve(Fixtures.path(base), variant);

        assertThat(AttachedProof.check(resolution, attach(resolution, AttachOptions.DEFAULT))
                        .differences())
                .isEmpty();
    }

    @Test
    void roomForAdaptersThatDidNotExistYetPasses() {
        Resolution none = Resolver.resolve(ModelScanner.scan(BASE), List.of(), ResolveOptions.DEFAULT);
        Path attached = attach(
                none,
                AttachOptions.DEFAULT
                        .withStyle(AttachStyle.INPUT)
                        .withSlots(Slots.select(none.model(), Slots.ALL_LINEAR)));

        assertThat(AttachedProof.check(resolve(BASE, "llama/lora"), attached).differences())
                .isEmpty();
    }

    @Test
    void theBaseItselfIsNotAttached() {
        AttachedProof proof = AttachedProof.check(resolve(BASE, "llama/lora"), BASE);

        assertThat(proof.isPassed()).isFalse();
        assertThat(sentences(proof)).anyMatch(sentence -> sentence.matches(".*q_proj.lora_B.weight' is missing"));
    }

    @Test
    void anotherAdapterIsNotThisOne() {
        AttachedProof proof = AttachedProof.check(
                resolve(BASE, "llama/lora"), attach(resolve(BASE, "llama/rslora"), AttachOptions.DEFAULT));

        assertThat(sentences(proof)).anyMatch(sentence -> sentence.contains("lora_B.weight"));
    }

    @Test
    void anotherWeightOfTheAdapterIsNotThisOne() {
        Resolution half = Resolver.resolve(
                ModelScanner.scan(BASE),
                List.of(new WeightedAdapter(adapter("llama/lora").adapter(), 0.5)),
                ResolveOptions.DEFAULT);

        AttachedProof proof = AttachedProof.check(resolve(BASE, "llama/lora"), attach(half, AttachOptions.DEFAULT));

        assertThat(sentences(proof))
                .allMatch(sentence -> sentence.matches("the stored tensor '.*lora_B.weight' differs in .* bytes"));
    }

    @Test
    void whatIsAttachedToAMergedModelIsNotAttachedToTheBase() {
        Path merged = folder.resolve("merged.onnx");
        Merger.merge(resolve(BASE, "llama/lora"), merged, MergeOptions.defaults(), Progress.NONE);
        Path attached = attach(resolve(merged, "llama/lora"), AttachOptions.DEFAULT);

        AttachedProof proof = AttachedProof.check(resolve(BASE, "llama/lora"), attached);

        assertThat(proof.isPassed()).isFalse();
        assertThat(sentences(proof)).allMatch(sentence -> sentence.startsWith("the stored tensor '"));
    }

    @Test
    void aNodeThatNobodyAskedForIsFound() {
        AttachedProof proof = checkEdited(editor -> {
            Node last = editor.model()
                    .graph()
                    .nodes()
                    .get(editor.model().graph().nodes().size() - 1);
            Value output = last.output(0);
            Value diverted = editor.divertOutput(last, 0, "before");
            editor.after(last).nodeFor(output, "Neg", "", List.of(diverted), List.of());
        });

        assertThat(sentences(proof))
                .anyMatch(sentence -> sentence.equals("the node 'Neg to [output]' is not expected"));
    }

    @Test
    void aNodeThatReadsAnotherValueIsFound() {
        AttachedProof proof = checkEdited(editor -> {
            Node first = branch(editor.model());
            editor.replaceInput(first, 0, first.input(1));
        });

        assertThat(sentences(proof)).hasSize(1);
        assertThat(sentences(proof).get(0)).matches("the node Add to .* reads .* instead of .*");
    }

    @Test
    void anAttributeThatChangedIsFound() {
        AttachedProof proof = checkEdited(editor -> editor.model().graph().nodes().stream()
                .filter(node -> node.is("Transpose"))
                .findFirst()
                .ifPresent(node -> editor.setAttribute(node, Attribute.ofInts("perm", 0, 1, 2, 3))));

        assertThat(sentences(proof)).hasSize(1);
        assertThat(sentences(proof).get(0)).matches("the node Transpose to .* has another value of perm");
    }

    @Test
    void aConstantThatChangedIsFound() {
        AttachedProof proof = checkEdited(editor -> {
            Value b = editor.model().graph().initializers().stream()
                    .filter(value -> value.name().endsWith("lora_B.weight"))
                    .findFirst()
                    .orElseThrow();
            Tensor tensor = b.constant().orElseThrow().tensor(b.name());
            double[] values = tensor.toDoubles();
            values[values.length - 1] += 1;
            editor.setInitializer(b, TensorData.of(Tensor.ofDoubles(b.name(), tensor.dtype(), tensor.shape(), values)));
        });

        assertThat(sentences(proof)).hasSize(1);
        assertThat(sentences(proof).get(0)).contains("lora_B.weight' differs in ", "bytes");
    }

    private AttachedProof checkEdited(Consumer<GraphEditor> edit) {
        Resolution resolution = resolve(BASE, "llama/lora");
        OnnxModel model = ModelReader.read(attach(resolution, AttachOptions.DEFAULT));
        edit.accept(new GraphEditor(model));
        Path edited = folder.resolve("edited.onnx");
        ModelWriter.write(model, edited);
        return AttachedProof.check(resolution, edited);
    }

    private static Node branch(OnnxModel model) {
        return model.graph().nodes().stream()
                .filter(node -> node.is("Add") && node.name().contains("lora"))
                .findFirst()
                .orElseThrow();
    }

    private Path attach(Resolution resolution, AttachOptions options) {
        return Attacher.attach(resolution, folder.resolve("out/attached.onnx"), options.withForce(), Progress.NONE)
                .output();
    }

    private static Resolution resolve(Path base, String variant) {
        return Resolver.resolve(ModelScanner.scan(base), List.of(adapter(variant)), ResolveOptions.DEFAULT);
    }

    private static WeightedAdapter adapter(String variant) {
        return WeightedAdapter.of(AdapterFiles.readAdapter(Fixtures.path(variant + "/adapter"), ReadOptions.DEFAULT));
    }

    private static List<String> sentences(AttachedProof proof) {
        return proof.differences().stream().map(Difference::sentence).toList();
    }
}
