package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code graft train} as a person types it, on the bundled sample. */
class TrainCommandTest extends TypedCommands {
    @Test
    void helpShowsExamples() {
        assertThat(run("train", "--help")).isZero();
        assertThat(results())
                .contains("graft train train.yaml --set lora_rank=16 --set max_steps=100", "--resume", "--device");
    }

    @Test
    void aDeviceThatIsNotThereIsAFaultOfTheEnvironment() throws IOException {
        assertThat(run("train", config("max_steps: 1"), "--device", "cuda")).isEqualTo(4);
        assertThat(messages()).contains("the device cuda:0 cannot be used", "mvn -Pcuda", "#device_unavailable");
        assertThat(run("train", config("max_steps: 1"), "--device", "gpu")).isEqualTo(2);
        assertThat(messages()).contains("--device: expected cpu or cuda, got 'gpu'");
    }

    @Test
    void theLastLineIsForPrograms() throws IOException {
        String config = config("max_steps: 3", "eval_dataset: " + sample.resolve("eval.jsonl"), "max_samples: 12");

        assertThat(run("train", config, "--json")).as(messages()).isZero();
        String[] lines = results().strip().split("\n", -1);
        JsonObject last = JsonParser.parseString(lines[lines.length - 1]).getAsJsonObject();
        assertThat(last.get("steps").getAsInt()).isEqualTo(3);
        assertThat(last.get("train_seconds").getAsDouble()).isPositive();
        assertThat(last.get("tokens_per_second").getAsDouble()).isPositive();
        assertThat(last.get("peak_memory_mb").getAsDouble()).isPositive();
        // what PyTorch says of the base on the pirates' held-out texts is 6.3 (samples/language-model/expected.json)
        assertThat(last.get("train_loss").getAsDouble()).isBetween(5.0, 7.0);
        assertThat(last.get("eval_loss").getAsDouble()).isBetween(5.0, 7.0);
        assertThat(last.get("best_step").getAsInt()).isEqualTo(3);
        assertThat(last.get("resumed_from").isJsonNull()).isTrue();
        assertThat(messages()).contains("step 3/3", "  0 s left", "eval_loss");
        assertThat(folder.resolve("out/report.html")).content().contains("best evaluation", "step 3");
    }

    @Test
    void aRunThatHasNothingToGoOnFromBeginsAndSaysSo() throws IOException {
        String config = config("eval_dataset: " + sample.resolve("eval.jsonl"), "max_samples: 12");

        assertThat(run("train", config, "--resume", "--json")).as(messages()).isZero();
        assertThat(messages()).contains("no checkpoint to go on from: training begins");
        assertThat(results()).contains("\"resumed_from\":null");
        assertThat(run("train", config, "--resume")).as(messages()).isZero();
        assertThat(messages()).contains("going on from checkpoint-2").doesNotContain("no checkpoint");
        assertThat(results()).contains("trained after 2 steps in ", ", best at step 2");
        assertThat(run("train", config, "--resume", "--json")).as(messages()).isZero();
        assertThat(results()).contains("\"resumed_from\":\"checkpoint-2\"");
    }

    @Test
    void keysAreOverriddenAsOftenAsWanted() throws IOException {
        assertThat(run("train", config("max_steps: 9"), "--set", "lora_rank=3", "--set", "max_steps=1"))
                .as(messages())
                .isZero();
        assertThat(results()).contains("trained after 1 step in ");
        assertThat(peftConfig().get("r").getAsInt()).isEqualTo(3);
        assertThat(peftConfig().get("lora_alpha").getAsDouble()).isEqualTo(6);
        assertThat(run("train", config(), "--set", "lora_rank")).isEqualTo(2);
        assertThat(messages()).contains("expected --set key=value, got 'lora_rank'");
    }

    @Test
    void packingWarnsOnceAndInTheReport() throws IOException {
        assertThat(run("train", config("max_steps: 1", "packing: true", "cutoff_len: 256")))
                .as(messages())
                .isZero();

        assertThat(messages()).containsOnlyOnce("warning: packing puts 40 texts into ");
        assertThat(messages()).contains("where a text sees those before it");
        assertThat(folder.resolve("out/report.html")).content().contains("packing puts 40 texts into ");
    }

    @Test
    void theNumbersOfClassesAreToldAndKept() throws IOException {
        Path texts = Fixtures.repository().resolve("samples/text-classifier");
        Path base = Files.createDirectory(folder.resolve("base"));
        Files.copy(texts.resolve("base/model.onnx"), base.resolve("model.onnx"));
        Files.copy(texts.resolve("base/tokenizer.json"), base.resolve("tokenizer.json"));
        Files.writeString(folder.resolve("rows.csv"), "text,label\nit broke,sad\nlovely,glad\n");
        String config = config(
                "model_name_or_path: base/model.onnx",
                "lora_target: query",
                "dataset: rows.csv",
                "loss: classification",
                "max_steps: 1");

        assertThat(run("train", config, "--json")).as(messages()).isZero();

        assertThat(messages()).containsOnlyOnce("classes: 0 = glad, 1 = sad\n");
        String[] lines = results().strip().split("\n", -1);
        assertThat(JsonParser.parseString(lines[lines.length - 1])
                        .getAsJsonObject()
                        .get("classes"))
                .hasToString("[\"glad\",\"sad\"]");
        assertThat(folder.resolve("out/report.html")).content().contains("0 = glad, 1 = sad");
    }

    @Test
    void whatIsTrainedIsMergedAttachedAndVerified() throws IOException {
        assertThat(run("train", config("max_steps: 4", "learning_rate: 1e-2")))
                .as(messages())
                .isZero();
        String trained = output("out");
        String merged = output("merged.onnx");
        String attached = output("attached.onnx");

        assertThat(run("merge", base, trained, "-o", merged)).as(messages()).isZero();
        assertThat(results()).contains("merged 8 targets");
        assertThat(run("attach", base, trained, "-o", attached, "--style", "input"))
                .as(messages())
                .isZero();
        assertThat(run("verify", base, trained, "--merged", merged, "--attached", attached))
                .as(results())
                .isZero();
        assertThat(results()).contains("verified: it does what base and adapter say");
        assertThat(run("verify", base, output("out/adapter.onnx_adapter"), "--merged", merged, "--no-outputs"))
                .as("the file for ONNX Runtime says the same")
                .isZero();
    }

    @Test
    void aDoraThatIsTrainedIsMergedAttachedAndVerified() throws IOException {
        String[] lines = {
            "use_dora: true", "lora_dropout: 0.1", "lora_target: all", "max_steps: 4", "learning_rate: 1e-2"
        };
        assertThat(run("train", config(lines))).as(messages()).isZero();
        String trained = output("out");
        String merged = output("merged.onnx");
        String attached = output("attached.onnx");

        assertThat(peftConfig().get("use_dora").getAsBoolean()).isTrue();
        assertThat(folder.resolve("out/adapter.onnx_adapter"))
                .as("has no words for magnitudes")
                .doesNotExist();
        assertThat(run("inspect", trained)).as(messages()).isZero();
        assertThat(results()).contains("DoRA");
        assertThat(run("merge", base, trained, "-o", merged)).as(messages()).isZero();
        assertThat(results()).contains("merged 28 targets");
        assertThat(run("attach", base, trained, "-o", attached)).as(messages()).isZero();
        assertThat(run("verify", base, trained, "--merged", merged, "--attached", attached))
                .as(results())
                .isZero();
        assertThat(results()).contains("verified: it does what base and adapter say");
    }

    @ParameterizedTest
    @ValueSource(strings = {"use_rslora: true", "use_dora: true", "additional_target: norm"})
    void trainingGoesOnFromAnEarlierAdapter(String line) throws IOException {
        assertThat(run("train", config(line, "learning_rate: 1e-2")))
                .as(messages())
                .isZero();
        Map<String, Tensor> earlier = tensors("out");
        String[] lines = {line, "adapter_name_or_path: out", "output_dir: on", "learning_rate: 1e-12", "seed: 7"};
        assertThat(run("train", config(lines))).as(messages()).isZero();

        Map<String, Tensor> on = tensors("on");
        assertThat(on.keySet()).isEqualTo(earlier.keySet());
        on.forEach((name, tensor) -> assertThat(tensor.toDoubles())
                .as(name)
                .usingComparatorWithPrecision(1e-9)
                .containsExactly(earlier.get(name).toDoubles()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lora_rank: 3|q_proj.lora_A.weight is trained as [3, 128] and in it as [2, 128]|Set lora_rank to the adapter's r",
                "lora_alpha: 5|q_proj is trained as 2.5 and in it is 2.0|Set lora_alpha, alpha_pattern and use_rslora",
                "lora_target: q_proj,k_proj|k_proj.lora_A.weight is trained and not in it|Let lora_target",
                "lora_target: q_proj|v_proj.lora_A.weight is in it and would not be trained|Let lora_target",
                "use_dora: true|q_proj.lora_magnitude_vector is trained and not in it|Set use_dora: false.",
                "additional_target: norm|model.norm.weight is trained and not in it|Let additional_target"
            })
    void anEarlierAdapterOfAnotherKindIsRefusedWithTheDifference(String line, String difference, String remedy)
            throws IOException {
        assertThat(run("train", config("max_steps: 1"))).as(messages()).isZero();

        assertThat(run("train", config(line, "adapter_name_or_path: out", "output_dir: on")))
                .isEqualTo(3);
        assertThat(messages()).contains("training cannot go on from this adapter: ", difference, remedy);
        assertThat(folder.resolve("on")).doesNotExist();
    }

    private Map<String, Tensor> tensors(String adapter) {
        return SafetensorsReader.read(folder.resolve(adapter).resolve("adapter_model.safetensors"))
                .tensors();
    }

    @Test
    void theSameSeedGivesTheSameBytesAndAnotherDoesNot() throws IOException {
        byte[] first = trained(config("max_steps: 2", "lora_dropout: 0.1"));

        assertThat(trained(config("max_steps: 2", "lora_dropout: 0.1"))).isEqualTo(first);
        assertThat(trained(config("max_steps: 2", "lora_dropout: 0.1", "seed: 7")))
                .isNotEqualTo(first);
    }

    @Test
    void aMisspeltKeyIsNamedWithItsLineAndTheNearestOne() throws IOException {
        assertThat(run("train", config("learning_rat: 1e-3"))).isEqualTo(2);
        assertThat(messages())
                .contains("unknown key 'learning_rat'", "train.yaml, line 11", "Did you mean 'learning_rate'?");
        assertThat(run("train", config(), "--set", "lora_rnk=4")).isEqualTo(2);
        assertThat(messages()).contains("--set lora_rnk: unknown key 'lora_rnk'", "Did you mean 'lora_rank'?");
    }

    @Test
    void anUnknownMetricIsNamedWithThoseThereAre() throws IOException {
        assertThat(run("train", config("metric_for_best_model: bleu"))).isEqualTo(2);
        assertThat(messages())
                .contains("expected metric_for_best_model to be one of loss, perplexity, accuracy", "got 'bleu'");
    }

    @Test
    void aMissingTokenizerOrModelIsToldInTheConfigurationsWords() throws IOException {
        assertThat(run("train", config("tokenizer: none/tokenizer.json"))).isEqualTo(3);
        assertThat(messages()).contains("no tokenizer.json", "or name it with tokenizer: in the configuration");
        assertThat(run("train", config("model_name_or_path: none/model.onnx"))).isEqualTo(3);
        assertThat(messages())
                .contains("no such file", "model_name_or_path counts from the configuration's own folder")
                .doesNotContain("tokenizer.json");
        assertThat(run("train", config("dataset: " + sample))).isEqualTo(3);
        assertThat(messages()).contains("expected a file of rows or tensors, got a folder", "eval.jsonl");
    }

    @Test
    void aMissingDatasetIsNamed() throws IOException {
        String misspelt = sample.resolve("trian.jsonl").toString();

        assertThat(run("train", config("dataset: " + misspelt))).isEqualTo(3);
        assertThat(messages()).contains("no such file", misspelt, "Did you mean");
        assertThat(run("train", config("dataset:"))).isEqualTo(2);
        assertThat(messages()).contains("expected dataset: a file, got nothing");
    }

    @Test
    void anEarlierRunIsNotOverwrittenUnlessAsked() throws IOException {
        assertThat(run("train", config("max_steps: 1"))).as(messages()).isZero();
        assertThat(run("train", config("max_steps: 1", "overwrite_output_dir: false")))
                .isEqualTo(2);
        assertThat(messages()).contains("at: " + output("out"), "overwrite_output_dir");
    }

    @ParameterizedTest
    @CsvSource({
        "quantization_bit: 4, quantization_bit",
        "deepspeed: ds_z3.json, deepspeed",
        "stage: dpo, stage",
        "pissa_init: true, pissa_init",
        "neat_packing: true, neat_packing",
        "use_galore: true, use_galore",
        "create_new_adapter: true, create_new_adapter",
        "finetuning_type: freeze, finetuning_type",
        "lr_scheduler_kwargs: {a: 1}, lr_scheduler_kwargs",
        "report_to: wandb, report_to"
    })
    void whatIsNotSupportedIsRefusedByName(String line, String key) throws IOException {
        assertThat(run("train", config(line))).isIn(2, 3);
        assertThat(messages()).contains(key).containsAnyOf("not supported", "nothing is sent to services");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    /** The keys of LLaMA-Factory's example for supervised LoRA training; the model and the data are ours. */
    @Test
    void aConfigurationOfLlamaFactoryRunsOnOtherPaths() throws IOException {
        Files.writeString(folder.resolve("identity.jsonl"), """
                {"instruction": "Who are you?", "input": "", "output": "A keeper of boats, arr!"}
                {"instruction": "Where is", "input": "the harbour?", "output": "Behind the nets."}
                """);
        Path file = folder.resolve("sft.yaml");
        Files.writeString(file, """
                ### model
                model_name_or_path: %s
                trust_remote_code: true

                ### method
                stage: sft
                do_train: true
                finetuning_type: lora
                lora_rank: 8
                lora_target: all

                ### dataset
                dataset: identity.jsonl
                template: qwen3_nothink
                cutoff_len: 2048
                max_samples: 1000
                preprocessing_num_workers: 16
                dataloader_num_workers: 4

                ### output
                output_dir: out
                logging_steps: 10
                save_steps: 500
                plot_loss: true
                overwrite_output_dir: true
                save_only_model: false
                report_to: none  # choices: [none, wandb, tensorboard, swanlab, mlflow]

                ### train
                per_device_train_batch_size: 1
                gradient_accumulation_steps: 8
                learning_rate: 1.0e-4
                num_train_epochs: 3.0
                lr_scheduler_type: cosine
                warmup_ratio: 0.1
                bf16: true
                ddp_timeout: 180000000
                resume_from_checkpoint: null
                """.formatted(base));

        assertThat(run("train", file.toString())).as(messages()).isZero();
        assertThat(messages()).contains("without effect here: ", "ddp_timeout");
        assertThat(peftConfig().getAsJsonArray("target_modules")).hasSize(28);
        assertThat(run("merge", base, output("out"), "-o", output("m.onnx"))).isZero();
    }

    private byte[] trained(String config) throws IOException {
        assertThat(run("train", config)).as(messages()).isZero();
        return Files.readAllBytes(folder.resolve("out/adapter_model.safetensors"));
    }

    private JsonObject peftConfig() throws IOException {
        return JsonParser.parseString(Files.readString(folder.resolve("out/adapter_config.json")))
                .getAsJsonObject();
    }

    /** A file that trains little and soon ends; a line replaces the one of its key. */
    private String config(String... lines) throws IOException {
        StringBuilder text = new StringBuilder();
        String[] usual = {
            "model_name_or_path: " + base,
            "dataset: " + sample.resolve("train.jsonl"),
            "output_dir: out",
            "overwrite_output_dir: true",
            "lora_rank: 2",
            "lora_target: q_proj,v_proj",
            "per_device_train_batch_size: 2",
            "max_samples: 40",
            "max_steps: 2",
            "logging_steps: 1"
        };
        for (String line : usual) {
            String key = line.substring(0, line.indexOf(':') + 1);
            String chosen = line;
            for (String given : lines) {
                chosen = given.startsWith(key) ? given : chosen;
            }
            text.append(chosen).append('\n');
        }
        for (String line : lines) {
            if (text.indexOf(line + "\n") < 0) {
                text.append(line).append('\n');
            }
        }
        Path file = folder.resolve("train.yaml");
        return Files.writeString(file, text).toString();
    }
}
