package dev.graft.cli.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.graft.testing.Fixtures;
import dev.graft.testing.Shared;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft train} on real data, and what the model can then do. */
@Tag("conformance")
class TrainingConformanceTest {
    /** What {@code peers/peft_e2e.py} computed, with seed 0. */
    private static final Map<Integer, Double> PEFT_LOSSES =
            Map.of(1, 4.099129, 50, 1.117743, 100, 0.936801, 150, 0.923482, 200, 0.843479);

    @TempDir
    Path folder;

    /** The same model, data, order, seed and numbers as {@code peers/peft_e2e.py}, which PEFT takes from 4.6086 to 1.6264: the losses are its own. */
    @Test
    void onE2eTheLossIsThatOfPeft() throws Exception {
        String yaml = """
                model_name_or_path: %s
                tokenizer: %s
                dataset: %s
                eval_dataset: %s
                overwrite_output_dir: true
                lora_rank: 8
                lora_alpha: 16
                lora_target: all
                disable_shuffling: true
                per_device_train_batch_size: 16
                per_device_eval_batch_size: 40
                max_steps: 200
                learning_rate: 3.0e-3
                lr_scheduler_type: constant
                max_grad_norm: 0
                logging_steps: 1
                seed: 0
                """.formatted(
                        Shared.path("models/stories260K/onnx/stories260K_ts.onnx"),
                        Shared.path("models/stories260K/hf/tokenizer.json"),
                        Shared.path("datasets/e2e/train.jsonl"),
                        Shared.path("datasets/e2e/test.jsonl"));
        Path trained = train(yaml);
        Map<Integer, Double> losses = losses(trained);
        PEFT_LOSSES.forEach((step, loss) ->
                assertThat(losses.get(step)).as("loss of step " + step).isCloseTo(loss, within(1e-3)));
        double loss = result(trained).get("eval_loss").getAsDouble();
        print("E2E: test loss %.4f, PEFT's is 1.6264", loss);
        assertThat(loss).isCloseTo(1.6264, within(2e-3));
    }

    /** A GPT that sorts six digits in ascending order learns to sort them in descending order, also those it has not seen. */
    @Test
    void aModelThatSortsLearnsToSortTheOtherWay() throws Exception {
        Path base = Shared.path("models/gpt_nano_sort/gpt_nano_sort.onnx");
        DigitSorting digits = DigitSorting.split(600, 5);
        digits.writeTraining(folder.resolve("descending.safetensors"));
        assertThat(digits.accuracy(base, true)).as("the base, ascending").isGreaterThan(0.95);
        assertThat(digits.accuracy(base, false)).as("the base, descending").isLessThan(0.05);

        Path trained = train("""
                model_name_or_path: %s
                dataset: descending.safetensors
                lora_rank: 16
                lora_alpha: 32
                lora_target: all
                per_device_train_batch_size: 50
                num_train_epochs: 60
                learning_rate: 1.0e-2
                lr_scheduler_type: cosine
                warmup_ratio: 0.1
                """.formatted(base));
        Path merged = folder.resolve("merged.onnx");
        graft("merge", base.toString(), trained.toString(), "-o", merged.toString());

        double accuracy = digits.accuracy(merged, false);
        print("gpt_nano_sort, descending, exact match on %d unseen sequences: %.3f", digits.unseen(), accuracy);
        assertThat(accuracy).isGreaterThan(0.9);
    }

    /** A BERT-shaped classifier with random weights ({@code fixtures/make/sst2_bert.py}), trained as a whole for one epoch. */
    @Test
    void aClassifierLearnsSst2FromScratch() throws Exception {
        Path trained = train("""
                model_name_or_path: %s
                loss: classification
                dataset: %s
                eval_dataset: %s
                finetuning_type: full
                cutoff_len: 64
                num_train_epochs: 1
                per_device_train_batch_size: 64
                per_device_eval_batch_size: 64
                group_by_length: true
                learning_rate: 1.0e-3
                weight_decay: 0.01
                warmup_ratio: 0.05
                """.formatted(
                        Fixtures.path("sst2_bert/model.onnx"),
                        Shared.path("datasets/sst2/train.tsv"),
                        Shared.path("datasets/sst2/dev.tsv")));

        List<String> log = Files.readAllLines(trained.resolve("trainer_log.jsonl"));
        double accuracy = log.stream()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .filter(line -> line.has("eval_accuracy"))
                .mapToDouble(line -> line.get("eval_accuracy").getAsDouble())
                .max()
                .orElseThrow();
        print("SST-2 from scratch, accuracy on dev: %.4f", accuracy);
        assertThat(accuracy).isGreaterThan(0.75);
        assertThat(trained.resolve("model.onnx")).isNotEmptyFile();
    }

    private Path train(String yaml) throws Exception {
        Path out = folder.resolve("out");
        Path file = folder.resolve("train.yaml");
        Files.writeString(file, yaml + "output_dir: out\nsave_strategy: 'no'\n");
        GraftProcess run = graft("train", file.toString());
        print("%s", run.results().strip());
        return out;
    }

    private static GraftProcess graft(String... words) throws Exception {
        GraftProcess run = GraftProcess.run(List.of(), words);
        assertThat(run.exitCode()).as(run.messages()).isZero();
        return run;
    }

    private static JsonObject result(Path trained) throws Exception {
        return JsonParser.parseString(Files.readString(trained.resolve("train_results.json")))
                .getAsJsonObject();
    }

    private static Map<Integer, Double> losses(Path trained) throws Exception {
        Map<Integer, Double> losses = new HashMap<>();
        for (String line : Files.readAllLines(trained.resolve("trainer_log.jsonl"))) {
            JsonObject log = JsonParser.parseString(line).getAsJsonObject();
            if (log.has("loss")) {
                losses.put(log.get("current_steps").getAsInt(), log.get("loss").getAsDouble());
            }
        }
        return losses;
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
