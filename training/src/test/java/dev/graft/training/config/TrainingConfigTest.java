package dev.graft.training.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.adapter.format.peft.LoraScaling;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingConfigTest {
    private static final String LEAST = """
            model_name_or_path: model.onnx
            dataset: train.jsonl
            output_dir: out
            """;

    /** LLaMA-Factory's example for a LoRA, with only model and data paths changed. */
    private static final String LLAMA_FACTORY = """
            ### model
            model_name_or_path: llama3/model.onnx
            trust_remote_code: true

            ### method
            stage: sft
            do_train: true
            finetuning_type: lora
            lora_rank: 8
            lora_target: all

            ### dataset
            dataset: identity.json,alpaca_en_demo.json
            template: llama3
            cutoff_len: 2048
            max_samples: 1000
            preprocessing_num_workers: 16
            dataloader_num_workers: 4

            ### output
            output_dir: saves/llama3-8b/lora/sft
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

            ### eval
            # eval_dataset: alpaca_en_demo
            val_size: 0.1
            per_device_eval_batch_size: 1
            eval_strategy: steps
            eval_steps: 500
            """;

    @TempDir
    Path folder;

    @Test
    void anEarlierAdapterIsGoneOnWithUnlessItCannotStay() throws IOException {
        assertThat(read(LLAMA_FACTORY + "adapter_name_or_path: earlier\n")
                        .model()
                        .adapter())
                .contains(folder.resolve("earlier"));
        GraftException several = refused(LLAMA_FACTORY + "adapter_name_or_path: earlier,latest\n");
        assertThat(several).hasMessage("expected adapter_name_or_path to be one adapter, got 2");
        assertThat(several.remedy()).isEqualTo("Merge the earlier ones into the base first, with graft merge.");
        String within = "adapter_name_or_path: saves/llama3-8b/lora/sft/checkpoint-500\n";
        assertThat(refused(LLAMA_FACTORY + within))
                .hasMessage("adapter_name_or_path lies in output_dir, which is written to");
        String full = LLAMA_FACTORY.replace("finetuning_type: lora", "finetuning_type: full");
        assertThat(refused(full + "adapter_name_or_path: earlier\n"))
                .hasMessage("adapter_name_or_path needs finetuning_type: lora");
        assertThat(refused(LLAMA_FACTORY + "create_new_adapter: true\n"))
                .hasMessageStartingWith("create_new_adapter: 'true' is not supported: an earlier adapter stays apart");
    }

    @Test
    void anExampleOfLlamaFactoryIsReadAsItIs() throws IOException {
        TrainingConfig config = read(LLAMA_FACTORY);

        assertThat(config.model())
                .isEqualTo(new ModelOptions(
                        folder.resolve("llama3/model.onnx"),
                        folder.resolve("llama3/tokenizer.json"),
                        Optional.empty(),
                        ModelOptions.Precision.BFLOAT16,
                        0,
                        0));
        assertThat(config.adapter())
                .isEqualTo(new AdapterOptions(
                        FinetuningType.LORA,
                        new Targets.AllLinear(List.of()),
                        List.of(),
                        8,
                        16,
                        PatternOptions.NONE,
                        0,
                        false,
                        false,
                        InitialFactors.KAIMING,
                        List.of(),
                        TrainedBiases.NONE,
                        false));
        assertThat(config.loss()).isEqualTo(new Loss(Loss.Kind.CAUSAL_LM, Optional.empty()));
        assertThat(config.data().training())
                .containsExactly(folder.resolve("identity.json"), folder.resolve("alpaca_en_demo.json"));
        assertThat(config.data().template()).contains("llama3");
        assertThat(config.data().mostRows()).hasValue(1000);
        assertThat(config.data().heldOut()).isEqualTo(0.1);
        assertThat(config.data().order()).isEqualTo(new BatchOptions(1, 1, true, false, 1, 42));
        assertThat(config.optimizer())
                .isEqualTo(new OptimizerOptions(
                        Optimizer.ADAMW_TORCH, 1e-4, Optional.empty(), 1e-6, 0, 0.9, 0.999, 1e-8, 1, 8));
        assertThat(config.schedule()).isEqualTo(new ScheduleOptions(3, OptionalInt.empty(), Schedule.COSINE, 0.1, 0));
        assertThat(config.schedule().warmupSteps(95)).isEqualTo(10);
        assertThat(config.evaluation().interval()).isEqualTo(Interval.STEPS);
        assertThat(config.output())
                .isEqualTo(new OutputOptions(
                        folder.resolve("saves/llama3-8b/lora/sft"),
                        true,
                        10,
                        Interval.STEPS,
                        500,
                        OptionalInt.empty(),
                        false,
                        true,
                        false));
        assertThat(config.ignored())
                .containsExactly(
                        "trust_remote_code",
                        "stage",
                        "do_train",
                        "preprocessing_num_workers",
                        "dataloader_num_workers",
                        "save_only_model",
                        "ddp_timeout");
    }

    @Test
    void whatIsNotSaidHasTheDefaultsOfTransformers() throws IOException {
        TrainingConfig config = read(LEAST);

        assertThat(config.optimizer().learningRate()).isEqualTo(5e-5);
        assertThat(config.optimizer().maxGradientNorm()).isEqualTo(1);
        assertThat(config.schedule().schedule()).isEqualTo(Schedule.LINEAR);
        assertThat(config.schedule().epochs()).isEqualTo(3);
        assertThat(config.data().order().trainingSize()).isEqualTo(8);
        assertThat(config.data().cutoff()).isEqualTo(2048);
        assertThat(config.seed()).isEqualTo(42);
        assertThat(config.output().saveSteps()).isEqualTo(500);
        assertThat(config.evaluation().interval()).isEqualTo(Interval.NO);
    }

    @Test
    void overridesGoBeforeTheFileAndMayBeLists() throws IOException {
        TrainingConfig config = read(
                LEAST + "lora_rank: 4\n",
                "lora_rank=16",
                "lora_target=[q_proj, v_proj]",
                "layers_to_transform=[0, 2]",
                "learning_rate=3e-3",
                "disable_shuffling=true");

        assertThat(config.adapter().rank()).isEqualTo(16);
        assertThat(config.adapter().alpha()).isEqualTo(32);
        assertThat(config.adapter().targets()).isEqualTo(new Targets.Suffixes(List.of("q_proj", "v_proj")));
        assertThat(config.adapter().layers()).containsExactly(0, 2);
        assertThat(config.optimizer().learningRate()).isEqualTo(3e-3);
        assertThat(config.data().order().shuffle()).isFalse();
    }

    @Test
    void targetsAreNamesOrAnExpression() throws IOException {
        assertThat(read(LEAST + "lora_target: q_proj,v_proj\n").adapter().targets())
                .isEqualTo(new Targets.Suffixes(List.of("q_proj", "v_proj")));
        assertThat(read(LEAST + "lora_target: '.*\\.layers\\.[02]\\..*_proj'\n")
                        .adapter()
                        .targets())
                .isEqualTo(new Targets.Expression(".*\\.layers\\.[02]\\..*_proj"));
        assertThat(read(LEAST + "lora_target: all,lm_head\n").adapter().targets())
                .isEqualTo(new Targets.AllLinear(List.of("lm_head")));
        assertThat(read(LEAST + "lora_target: [all]\n").effective())
                .isEqualTo(read(LEAST).effective());
        assertThat(read(LEAST + "lora_target: all-linear\n").effective())
                .isEqualTo(read(LEAST).effective());
    }

    @Test
    void theEffectiveValuesAreTheSameForTheSameTraining() throws IOException {
        TrainingConfig written = read(LEAST + "lora_alpha: 16\nlora_target: all\nseed: 42\n");

        assertThat(written.effective()).isEqualTo(read(LEAST).effective());
        assertThat(read(LEAST, "class_names=[no, yes]").identity())
                .containsEntry("class_names", "[ \"no\", \"yes\" ]")
                .containsEntry("lora_alpha", "16")
                .doesNotContainKey("logging_steps");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lora_rnk: 8 | unknown key 'lora_rnk' | Did you mean 'lora_rank'?",
                "qantization_bit: 4 | unknown key 'qantization_bit' | Did you mean 'quantization_bit'?",
                "lora_config: {r: 8} | unknown key 'lora_config' | The training guide lists all keys.",
                "lora_rank: eight | expected lora_rank to be a whole number from 1 on, got 'eight' | Correct the value.",
                "lora_rank: 0 | expected lora_rank to be a whole number from 1 on, got '0' | Correct the value.",
                "lora_rank: [8] | expected lora_rank to be a whole number from 1 on, got a list | Correct the value.",
                "lora_dropout: 1.5 | expected lora_dropout to be a number from 0 to 0.99, got '1.5' | Correct the value.",
                "learning_rate: .nan | expected learning_rate to be a number above 0, got '.nan' | Correct the value.",
                "learning_rate: 1f | expected learning_rate to be a number above 0, got '1f' | Correct the value.",
                "packing: perhaps | expected packing to be true or false, got 'perhaps' | Correct the value.",
                "lr_scheduler_type: cosine_with_restarts | expected lr_scheduler_type to be one of linear, cosine, constant, constant_with_warmup, "
                        + "got 'cosine_with_restarts' | Correct the value.",
                "lora_target: '[' | expected lora_target to be a regular expression, got '[': Unclosed character class | Write all, names such as "
                        + "q_proj,v_proj, or an expression that matches whole module paths.",
                "loss: mse | expected loss to be one of causal_lm, classification, regression, output:NAME, got 'mse' | For a loss that the graph "
                        + "computes itself write output: and that output's name.",
                "report_to: wandb | expected report_to to be none or tensorboard, got 'wandb': nothing is sent to services | Write tensorboard, whose "
                        + "event files other programs read too.",
                "load_best_model_at_end: true | load_best_model_at_end needs evaluations, but eval_strategy is no | Set eval_strategy: steps and an "
                        + "eval_dataset or val_size.",
                "val_size: 2.5 | expected val_size to be a part below 1 or a whole number of rows, got '2.5' | Correct the value.",
                "quantization_bit: 4 | quantization_bit: '4' is not supported: the base is trained as the ONNX file stores it; give a file that is "
                        + "quantised, or one that is not | Leave the key out.",
                "stage: dpo | stage: 'dpo' is not supported: only supervised training is there: no rewards, preferences or pre-training stages | Leave "
                        + "the key out, or set it to sft.",
                "flash_attn: fa2 | flash_attn: 'fa2' is not supported: the graph's own attention is what runs | Leave the key out, or set it to auto or "
                        + "disabled or sdpa.",
                "tool_format: glm4 | tool_format: 'glm4' is not supported: tools are written as the model's own chat template does | Leave the key out.",
                "deepspeed: ds_z3.json | deepspeed: 'ds_z3.json' is not supported: one process trains on one device | Leave the key out.",
                "rank_pattern: 3 | expected rank_pattern to be a mapping from module names to numbers, got '3' | Correct the value.",
                "rank_pattern: {q: 0} | expected rank_pattern to be a whole number from 1 on, got '0' | Correct the value.",
                "alpha_pattern: {q: -2} | expected alpha_pattern to be a number above 0, got '-2' | Correct the value.",
                "alpha_pattern: {(q: 2} | cannot read the regular expression '(q' in alpha_pattern: Unclosed group | "
                        + "Write the names of modules, such as q_proj or layers.0.mlp.down_proj, or expressions that match them.",
                "bias: some | expected bias to be one of none, all, lora_only, got 'some' | Correct the value.",
                "finetuning_type: freeze | finetuning_type: freeze is not supported: only low-rank pairs (lora) and whole weights (full) are trained | "
                        + "Write lora, with layers_to_transform where only some layers are to learn.",
            })
    void whatCannotBeIsRefusedAtItsLine(String line, String message, String remedy) throws IOException {
        GraftException error = refused("# a comment\n" + LEAST + line + "\n");

        assertThat(error).hasMessage(message);
        assertThat(error.remedy()).isEqualTo(remedy);
        assertThat(error.location().toString()).endsWith("train.yaml, line 5");
    }

    @Test
    void patternsKeepTheirOrderAndTheFirstThatMatchesCountsAsInPeft() throws IOException {
        AdapterOptions options = read(LEAST + """
                        lora_rank: 4
                        lora_alpha: 8
                        rank_pattern:
                          layers.1.self_attn.q_proj: 2
                          q_proj: 3
                        alpha_pattern: {"[kv]_proj": 16, v_proj: 5}
                        """).adapter();
        LoraScaling scaling = options.scaling(folder);

        assertThat(options.patterns().ranks().keySet()).containsExactly("layers.1.self_attn.q_proj", "q_proj");
        assertThat(scaling.rank("model.layers.1.self_attn.q_proj")).isEqualTo(2);
        assertThat(scaling.rank("model.layers.0.self_attn.q_proj")).isEqualTo(3);
        assertThat(scaling.rank("model.layers.0.self_attn.my_q_proj"))
                .as("names begin behind a dot")
                .isEqualTo(4);
        assertThat(scaling.scaling("model.layers.0.self_attn.q_proj")).isEqualTo(8.0 / 3);
        assertThat(scaling.scaling("model.layers.0.self_attn.v_proj")).isEqualTo(4);
        assertThat(read(LEAST, "rank_pattern={q_proj: 2}").adapter().patterns().ranks())
                .isEqualTo(java.util.Map.of("q_proj", 2));
        assertThat(refused(LEAST + "rank_pattern: {q: 1, q: 2}\n")).hasMessage("the key 'q' stands here twice");
    }

    @Test
    void biasesNeedPairsThatMayHaveThem() {
        assertThat(refused(LEAST + "finetuning_type: full\nbias: lora_only\n"))
                .hasMessage("bias: lora_only needs finetuning_type: lora");
        assertThat(refused(LEAST + "finetuning_type: full\nlora_bias: true\n"))
                .hasMessage("lora_bias: true needs finetuning_type: lora");
        GraftException both = refused(LEAST + "use_dora: true\nlora_bias: true\n");
        assertThat(both).hasMessage("lora_bias: true and use_dora: true do not go together");
        assertThat(both.remedy()).startsWith("Choose one of them");
    }

    @Test
    void anImpossibleOverrideIsNamedWithoutALine() {
        GraftException value = refused(LEAST, "lora_rank=-1");
        GraftException form = refused(LEAST, "lora_rank");
        GraftException noYaml = refused(LEAST, "rank_pattern={q_proj: 2");
        GraftException twoKeys = refused(LEAST, "class_names={a: 1, a: 2}");

        assertThat(value).hasMessage("--set lora_rank: expected lora_rank to be a whole number from 1 on, got '-1'");
        assertThat(value.location().isNone()).isTrue();
        assertThat(form).hasMessage("expected --set key=value, got 'lora_rank'");
        assertThat(refused(LEAST, " =3")).hasMessage("expected --set key=value, got ' =3'");
        assertThat(noYaml).hasMessage("--set rank_pattern: not YAML: expected ',' or '}', but got <stream end>");
        assertThat(noYaml.location().isNone()).isTrue();
        assertThat(noYaml.remedy())
                .isEqualTo("Write the value as in the file, in quotes where it has special characters.");
        assertThat(twoKeys).hasMessage("--set class_names: the key 'a' stands here twice");
        assertThat(refused(LEAST, "quantization_bit=4").getMessage())
                .as("the key once")
                .startsWith("--set quantization_bit: '4' is not supported");
        assertThat(refused(LEAST, "lora_rnk=4")).hasMessage("--set lora_rnk: unknown key 'lora_rnk'");
    }

    @Test
    void neutralValuesOfRefusedFieldsAreIgnored() throws IOException {
        TrainingConfig config = read(LEAST
                + "quantization_bit: null\npissa_init: false\nflash_attn: auto\ndeepspeed:\nneat_packing: false\n");

        assertThat(config.ignored())
                .containsExactly("quantization_bit", "pissa_init", "flash_attn", "deepspeed", "neat_packing");
    }

    @Test
    void requiredKeysAreAskedFor() {
        assertThat(refused("dataset: a.jsonl\noutput_dir: out\n"))
                .hasMessage("expected model_name_or_path: the ONNX file that is trained on, got nothing");
        assertThat(refused("model_name_or_path: m.onnx\noutput_dir: out\n"))
                .hasMessage("expected dataset: a file, got nothing");
        assertThat(refused("model_name_or_path: m.onnx\ndataset: a.jsonl\n"))
                .hasMessage("expected output_dir: the folder of the adapter, got nothing");
        assertThat(refused("model_name_or_path: meta-llama/Llama-3\ndataset: a\noutput_dir: out\n"))
                .hasMessage("expected model_name_or_path to be an .onnx file, got 'Llama-3'");
    }

    @ParameterizedTest
    @CsvSource({
        "model_name_or_pth: m.onnx, model_name_or_path",
        "datset: a.jsonl, dataset",
        "Output_Dir: out, output_dir"
    })
    void aRequiredKeyThatIsMisspeltIsCalledUnknownNotMissing(String line, String meant) {
        String kept = LEAST.lines().filter(other -> !other.startsWith(meant)).collect(Collectors.joining("\n"));

        GraftException error = refused(kept + "\n" + line + "\n");

        assertThat(error).hasMessage("unknown key '" + line.substring(0, line.indexOf(':')) + "'");
        assertThat(error.remedy()).isEqualTo("Did you mean '" + meant + "'?");
        assertThat(error.location().toString()).endsWith("train.yaml, line 3");
    }

    @Test
    void whatIsNotUtf8IsRefusedAtItsPlace() throws IOException {
        Path file = folder.resolve("train.yaml");
        Files.write(file, (LEAST + "default_system: caf\u00e9\n").getBytes(StandardCharsets.ISO_8859_1));
        GraftException latin = catchThrowableOfType(GraftException.class, () -> TrainingConfig.read(file, List.of()));
        Files.write(file, LEAST.getBytes(StandardCharsets.UTF_16));
        GraftException utf16 = catchThrowableOfType(GraftException.class, () -> TrainingConfig.read(file, List.of()));

        assertThat(latin).hasMessage("the file is not UTF-8 text: byte 0xE9 at column 20");
        assertThat(latin.location().toString()).endsWith("train.yaml, line 4");
        assertThat(latin.remedy()).isEqualTo("Save the file as UTF-8.");
        assertThat(utf16).hasMessage("the file is not UTF-8 text: byte 0xFE at column 1");
        assertThat(read("\ufeff" + LEAST + "default_system: caf\u00e9\n").data().system())
                .as("with the mark that some editors write first")
                .contains("caf\u00e9");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: 1\\na: 2 | the key 'a' stands in line 1 already",
                "a: &x 1\\nb: *x | aliases (*name) are not read here",
                "a: !!javax.script.ScriptEngineManager [] | tags (tag:yaml.org,2002:javax.script.ScriptEngineManager) are not read here",
                "a: [[[[[[[[[1]]]]]]]]] | nested deeper than 8 levels",
                "a: 1\\n---\\nb: 2 | expected one document, got a second one",
                "- 1 | expected key: value lines",
                "a: [1 | not YAML: expected ',' or ']', but got <stream end>",
            })
    void hostileYamlIsRefused(String text, String message) {
        GraftException error = refused(text.replace("\\n", "\n"));

        assertThat(error).hasMessageStartingWith(message);
        assertThat(error.location().toString()).contains("train.yaml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "# nothing\n"})
    void anEmptyFileIsRefused(String text) {
        assertThat(refused(text)).hasMessage("the file is empty");
    }

    @Test
    void anEndlessNestOfBracketsIsRefused() {
        assertThat(refused("a: " + "[".repeat(100_000))).hasMessage("nested deeper than 8 levels");
        assertThat(refused("#".repeat(300_000)))
                .hasMessage("expected a configuration of at most 262144 bytes, got 300000");
    }

    private TrainingConfig read(String yaml, String... overrides) throws IOException {
        Path file = folder.resolve("train.yaml");
        Files.writeString(file, yaml);
        return TrainingConfig.read(file, List.of(overrides));
    }

    private GraftException refused(String yaml, String... overrides) {
        GraftException error = catchThrowableOfType(GraftException.class, () -> read(yaml, overrides));
        assertThat(error).isNotNull();
        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_CONFIG_INVALID);
        return error;
    }
}
