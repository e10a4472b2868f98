package dev.graft.cli.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.runtime.session.HostTensor;
import dev.graft.testing.Shared;
import dev.graft.training.config.TrainingConfig;
import dev.graft.training.data.Batches;
import dev.graft.training.data.TrainingData;
import dev.graft.training.step.Batch;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The batches of the E2E data with the tokenizer of stories260K, against those that {@code peers/peft_e2e.py} makes with Python's tokenizers. */
class E2eBatchesTest {
    @TempDir
    Path folder;

    @Test
    void batchesAreThoseOfThePeer() throws Exception {
        TrainingData data = open("disable_shuffling: true\n");

        assertThat(data.training().size()).isEqualTo(200);
        Batch first = data.training().batch(0, 0);
        assertThat(first.inputs().keySet()).containsExactlyInAnyOrder("input_ids", "attention_mask");
        assertThat(first.inputs().get("input_ids")).hasToString("int64 [16, 225]");
        assertThat(first.inputs().get("input_ids").toLongs())
                .startsWith(1, 410, 455, 294, 412, 467, 390, 411, 508, 434, 260, 410);
        assertThat(first.counted()).isEqualTo(1172);
        assertThat(first.tokens()).isEqualTo(2798);
        // sha-256 over input_ids, attention_mask and labels moved by one, of all batches, as int64
        assertThat(digest(data.training(), 0))
                .isEqualTo("a3c6fc6fd69939758e6a448fcb8536b1539bfc006768004bcb907916f8589647");
        assertThat(data.report().tokens()).isEqualTo(547_490);
        assertThat(data.report().counted()).isEqualTo(237_813);
        assertThat(data.report().cut()).isZero();
    }

    @Test
    void evaluationIsInFileOrderTooWhateverTheEpoch() throws Exception {
        TrainingData data = open("per_device_eval_batch_size: 40\n");

        assertThat(data.evaluation().orElseThrow().size()).isEqualTo(5);
        assertThat(digest(data.evaluation().orElseThrow(), 3))
                .isEqualTo("948a14861fdacc679cb208ac810d6a589940afecedf3a5e544d197e6aa8dee94");
        assertThat(data.evaluationReport().orElseThrow().counted()).isEqualTo(16_148);
    }

    @Test
    void aLongTextIsNotCutByTheTokenizer() {
        try (HuggingFaceTokenizerSource tokenizer =
                HuggingFaceTokenizerSource.open(Shared.path("models/stories260K/hf/tokenizer.json"))) {
            assertThat(tokenizer.encodeBare("Once upon a time. ".repeat(400))).hasSizeGreaterThan(1600);
            assertThat(tokenizer.idOf("</s>")).hasValue(2);
            assertThat(tokenizer.idOf("<|im_end|>")).isEmpty();
            assertThat(tokenizer.idOf("")).isEmpty();
        }
    }

    private TrainingData open(String more) throws Exception {
        Path file = folder.resolve("train.yaml");
        Files.writeString(
                file,
                """
                model_name_or_path: %s
                tokenizer: %s
                dataset: %s
                eval_dataset: %s
                output_dir: out
                per_device_train_batch_size: 16
                """.formatted(
                                        Shared.path("models/stories260K/onnx/stories260K_ts.onnx"),
                                        Shared.path("models/stories260K/hf/tokenizer.json"),
                                        Shared.path("datasets/e2e/train.jsonl"),
                                        Shared.path("datasets/e2e/test.jsonl"))
                        + more);
        TrainingConfig config = TrainingConfig.read(file, List.of());
        try (HuggingFaceTokenizerSource tokenizer =
                HuggingFaceTokenizerSource.open(config.model().tokenizer())) {
            return TrainingData.open(config, Optional.of(tokenizer));
        }
    }

    private static String digest(Batches batches, int epoch) throws Exception {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < batches.size(); i++) {
            Batch batch = batches.batch(epoch, i);
            for (HostTensor tensor : List.of(
                    batch.inputs().get("input_ids"),
                    batch.inputs().get("attention_mask"),
                    batch.labels().orElseThrow())) {
                ByteBuffer bytes = tensor.bytes();
                sha.update(bytes);
            }
        }
        return HexFormat.of().formatHex(sha.digest());
    }
}
