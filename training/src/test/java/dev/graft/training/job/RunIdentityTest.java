package dev.graft.training.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.Shape;
import dev.graft.training.config.TrainingConfig;
import dev.graft.training.run.checkpoint.AdapterWriter;
import dev.graft.training.run.checkpoint.CheckpointStore;
import dev.graft.training.run.checkpoint.PlanKeys;
import dev.graft.training.run.checkpoint.RunState;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainableLayout.Entry;
import dev.graft.training.step.TrainableLayout.Group;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which keys may be otherwise when a run goes on: each key of a configuration is in one of the lists here. */
class RunIdentityTest {
    private static final String BASE = """
            model_name_or_path: model.onnx
            dataset: train.jsonl
            eval_strategy: steps
            output_dir: out
            loraplus_lr_ratio: 4
            """;

    /** Where evaluations decide the result. */
    private static final String LOADS_BEST = BASE + "load_best_model_at_end: true\n";

    /** A value that changes what is learnt, for each key that has one. */
    private static final List<String> FIXED = List.of(
            "model_name_or_path=other.onnx",
            "tokenizer=other.json",
            "adapter_name_or_path=earlier",
            "loss=classification",
            "finetuning_type=full",
            "lora_rank=4",
            "lora_alpha=3",
            "rank_pattern={q_proj: 2}",
            "alpha_pattern={q_proj: 2}",
            "lora_target=q_proj",
            "layers_to_transform=[1]",
            "lora_dropout=0.1",
            "lora_init=gaussian",
            "use_rslora=true",
            "use_dora=true",
            "additional_target=norm",
            "bias=all",
            "lora_bias=true",
            "bf16=true",
            "fp16=true",
            "dataset=other.jsonl",
            "eval_dataset=other.jsonl",
            "dataset_dir=other",
            "val_size=0.5",
            "dataset_format=text",
            "prompt_column=question",
            "completion_column=answer",
            "messages_column=talk",
            "text_column=body",
            "text_pair_column=second",
            "label_column=kind",
            "class_names=[yes, no]",
            "template=chatml",
            "default_system=Be brief.",
            "cutoff_len=64",
            "max_samples=5",
            "train_on_prompt=true",
            "mask_history=true",
            "packing=true",
            "add_bos=false",
            "add_eos=false",
            "skip_bad_rows=true",
            "per_device_train_batch_size=2",
            "disable_shuffling=true",
            "group_by_length=true",
            "pad_to_multiple_of=8",
            "data_seed=1",
            "seed=1",
            "optim=sgd",
            "learning_rate=1e-3",
            "lr_scheduler_type=cosine",
            "warmup_ratio=0.1",
            "warmup_steps=3",
            "num_train_epochs=4",
            "max_steps=7",
            "gradient_accumulation_steps=2",
            "max_grad_norm=0.5",
            "weight_decay=0.1",
            "adam_beta1=0.8",
            "adam_beta2=0.9",
            "adam_epsilon=1e-6",
            "loraplus_lr_ratio=2",
            "loraplus_lr_embedding=1e-3",
            "metric_for_best_model=perplexity",
            "greater_is_better=true",
            "load_best_model_at_end=true",
            "early_stopping_steps=2");

    private static final List<String> FREE = List.of(
            "output_dir=moved",
            "overwrite_output_dir=true",
            "resume_from_checkpoint=true",
            "logging_steps=1",
            "report_to=tensorboard",
            "plot_loss=true",
            "save_strategy=epoch",
            "save_total_limit=1",
            "threads=1",
            "updates_per_call=4");

    /** Free unless evaluations decide the result; {@code save_steps} is the default of {@code eval_steps}. */
    private static final List<String> MEASURING =
            List.of("eval_strategy=epoch", "eval_steps=3", "per_device_eval_batch_size=3", "save_steps=5");

    @TempDir
    Path folder;

    @Test
    void everyKeyIsInOneOfTheLists() throws IOException {
        List<String> keys = Stream.of(FIXED, FREE, MEASURING)
                .flatMap(List::stream)
                .map(RunIdentityTest::key)
                .toList();

        assertThat(keys).doesNotHaveDuplicates();
        assertThat(keys)
                .as("a new key either decides what is learnt, or stands with its reason in ChangeableKeys")
                .containsExactlyInAnyOrderElementsOf(read(BASE).effective().keySet());
    }

    @ParameterizedTest
    @MethodSource("fixed")
    void aRunDoesNotGoOnWithAnotherValueOfWhatDecidesItsResult(String override) throws IOException {
        assertThat(resumed(BASE, override)).contains(key(override));
    }

    @ParameterizedTest
    @MethodSource("free")
    void aRunGoesOnWithAnotherValueOfWhatDoesNot(String override) throws IOException {
        assertThat(resumed(BASE, override)).isEmpty();
        assertThat(resumed(LOADS_BEST, override)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("measuring")
    void whenToEvaluateMayChangeUnlessTheBestEvaluationCounts(String override) throws IOException {
        assertThat(resumed(BASE, override)).isEmpty();
        assertThat(resumed(LOADS_BEST, override))
                .contains(key(override).startsWith("per_device") ? key(override) : "eval_");
    }

    @Test
    void theMessageHasTheKeyWithBothValuesAndNotWhatFollowsFromIt() throws IOException {
        assertThat(resumed(BASE, "add_eos=false"))
                .isEqualTo("the checkpoint was made with add_eos true, this run has false");
        assertThat(resumed(BASE, "prompt_column=question"))
                .isEqualTo("the checkpoint was made with prompt_column null, this run has \"question\"");
        assertThat(resumed(BASE, "optim=sgd"))
                .isEqualTo("the checkpoint was made with optim \"adamw_torch\", this run has \"sgd\"");
        assertThat(resumed(BASE, "loss=regression"))
                .isEqualTo("the checkpoint was made with loss \"causal_lm\", this run has \"regression\"");
    }

    @Test
    void aNumberOfBatchesIsNamedWhereNoKeyExplainsIt() throws IOException {
        Map<String, String> saved = PlanKeys.of(JobPlan.of(read(BASE)), layout(4), 10, 0);

        assertThatThrownBy(() -> load(save(saved), PlanKeys.of(JobPlan.of(read(BASE)), layout(4), 9, 0)))
                .hasMessage("the checkpoint was made with micro_batches_per_epoch 10, this run has 9");
        assertThatThrownBy(() -> load(save(saved), PlanKeys.of(JobPlan.of(read(BASE, "lora_rank=2")), layout(2), 9, 0)))
                .hasMessage(
                        "the checkpoint was made with lora_alpha 16, this run has 4; with lora_rank 8, this run has 2");
    }

    /** What keeps a run from going on with an override; empty if nothing does. */
    private String resumed(String config, String override) throws IOException {
        CheckpointStore store = save(PlanKeys.of(JobPlan.of(read(config)), layout(4), 10, 2));
        Map<String, String> now = PlanKeys.of(JobPlan.of(read(config, override)), layout(4), 10, 2);
        try {
            load(store, now);
            return "";
        } catch (GraftException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_INVALID);
            return String.valueOf(e.getMessage());
        }
    }

    private CheckpointStore save(Map<String, String> keys) {
        CheckpointStore store = new CheckpointStore(folder, keys, 1, AdapterWriter.NONE);
        store.clear();
        store.save(RunState.START, new EngineState(new float[1], new float[1], new float[1], new float[1], 0));
        return store;
    }

    private void load(CheckpointStore saved, Map<String, String> now) {
        new CheckpointStore(folder, now, 1, AdapterWriter.NONE)
                .load(saved.newest().orElseThrow());
    }

    private TrainingConfig read(String text, String... overrides) throws IOException {
        Path file = Files.writeString(folder.resolve("train.yaml"), text);
        return TrainingConfig.read(file, List.of(overrides));
    }

    private static TrainableLayout layout(int rank) {
        Shape shape = Shape.of(rank, 3);
        return new TrainableLayout(List.of(new Entry("q_proj.lora_A.weight", shape, 0, false, Group.LORA_A)));
    }

    private static String key(String override) {
        return override.substring(0, override.indexOf('='));
    }

    static List<String> fixed() {
        return FIXED;
    }

    static List<String> free() {
        return FREE;
    }

    static List<String> measuring() {
        return MEASURING;
    }
}
