package dev.graft.training.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The fields of LLaMA-Factory that are not read: those that do not matter here, and those that would change the training and cannot be honoured. */
final class ForeignKeys {
    private static final Set<String> IGNORED = words(
            // how another program is started, spread over processes, cached or shown
            "do_train do_eval do_predict trust_remote_code cache_dir use_fast_tokenizer model_revision low_cpu_mem_usage offload_folder infer_backend infer_dtype use_kv_cache"
                    + " hf_hub_token ms_hub_token om_hub_token print_param_status overwrite_cache preprocessing_num_workers preprocessing_batch_size buffer_size"
                    + " tokenized_path data_shared_file_system media_dir dataloader_num_workers dataloader_pin_memory dataloader_persistent_workers"
                    + " dataloader_prefetch_factor ddp_timeout ddp_backend ddp_find_unused_parameters ddp_bucket_cap_mb ddp_broadcast_buffers local_rank log_level"
                    + " logging_dir compute_accuracy log_level_replica log_on_each_node logging_nan_inf_filter logging_strategy logging_first_step save_on_each_node save_safetensors disable_tqdm"
                    + " remove_unused_columns prediction_loss_only eval_accumulation_steps eval_do_concat_batches torch_empty_cache_steps no_cuda use_cpu tf32 jit_mode_eval"
                    + " full_determinism run_name hub_model_id hub_token hub_strategy hub_private_repo include_num_input_tokens_seen"
                    + " include_effective_tokens_per_second use_reentrant_gc disable_gradient_checkpointing gradient_checkpointing gradient_checkpointing_kwargs"
                    + " bf16_full_eval fp16_full_eval fp16_opt_level half_precision_backend length_column_name fsdp_config past_index skip_memory_metrics",
            // what only counts with a field that is refused, or when a model is exported or asked
            "quantization_method quantization_type double_quantization quantization_device_map pissa_iter pissa_convert export_dir export_size export_device"
                    + " export_legacy_format export_hub_model_id do_sample temperature top_p top_k num_beams max_length max_new_tokens repetition_penalty length_penalty"
                    + " skip_special_tokens eval_num_beams ignore_pad_token_for_loss image_max_pixels image_min_pixels video_max_pixels video_min_pixels video_fps"
                    + " video_maxlen audio_sampling_rate freeze_vision_tower freeze_multi_modal_projector freeze_language_model"
                    + " swanlab_project swanlab_workspace swanlab_run_name swanlab_mode swanlab_api_key ref_model reward_model ray_run_name ray_num_workers");

    /**
     * A field that cannot be honoured.
     *
     * @param reason why
     * @param neutral the values that ask for nothing, besides null
     */
    private record Refusal(String reason, Set<String> neutral) {}

    private static final Map<String, Refusal> REFUSED = refusals();

    private ForeignKeys() {}

    /** All names that are known here. */
    static Set<String> names() {
        Set<String> names = new LinkedHashSet<>(IGNORED);
        names.addAll(REFUSED.keySet());
        return names;
    }

    /**
     * The keys of a configuration that have no effect.
     *
     * @throws dev.graft.error.GraftException {@code TRAINING_CONFIG_INVALID} if it asks for something that cannot be honoured
     */
    static List<String> ignored(ConfigSource source) {
        List<String> ignored = new ArrayList<>();
        for (String key : source.keys()) {
            Refusal refusal = REFUSED.get(key);
            if (refusal != null) {
                source.value(key).ifPresent(value -> check(source, key, value, refusal));
            }
            if (refusal != null || IGNORED.contains(key)) {
                ignored.add(key);
            }
        }
        return ignored;
    }

    private static void check(ConfigSource source, String key, YamlValue value, Refusal refusal) {
        boolean neutral = value instanceof YamlValue.Scalar scalar
                && refusal.neutral().contains(scalar.text().toLowerCase(java.util.Locale.ROOT));
        if (!neutral) {
            throw source.invalid(
                    key,
                    key + ": " + value.describe() + " is not supported: " + refusal.reason(),
                    refusal.neutral().isEmpty()
                            ? "Leave the key out."
                            : "Leave the key out, or set it to "
                                    + String.join(
                                            " or ",
                                            refusal.neutral().stream().sorted().toList()) + ".");
        }
    }

    private static Map<String, Refusal> refusals() {
        Map<String, Refusal> table = new TreeMap<>();
        String quantized =
                "the base is trained as the ONNX file stores it; give a file that is quantised, or one that is not";
        refuse(table, "quantization_bit", quantized, "");
        refuse(table, "export_quantization_bit", quantized, "");
        refuse(table, "export_quantization_dataset", quantized, "");
        String distributed = "one process trains on one device";
        refuse(table, "deepspeed", distributed, "");
        refuse(table, "fsdp", distributed, "false");
        refuse(table, "use_mca", distributed, "false");
        refuse(
                table,
                "stage",
                "only supervised training is there: no rewards, preferences or pre-training stages",
                "sft");
        refuse(table, "flash_attn", "the graph's own attention is what runs", "auto disabled sdpa");
        refuse(table, "shift_attn", "attention is what the graph says", "false");
        refuse(table, "rope_scaling", "positions are computed as the graph says", "");
        refuse(table, "mixture_of_depths", "the graph's layers all run", "");
        refuse(table, "tool_format", "tools are written as the model's own chat template does", "");
        String otherCode = "it replaces the model's PyTorch code, and there is none here";
        for (String key : words(
                "use_unsloth use_unsloth_gc enable_liger_kernel use_v1_kernels torch_compile fp8 auto_find_batch_size")) {
            refuse(table, key, otherCode, "false");
        }
        String start = "it starts from factors that change the base's weights, which stay as they are in the file";
        refuse(table, "pissa_init", start, "false");
        refuse(
                table,
                "neat_packing",
                "block-diagonal attention is up to the graph; packing restarts positions",
                "false");
        refuse(table, "streaming", "rows are shuffled by number, so their number must be known", "false");
        refuse(table, "mix_strategy", "data sets are joined one behind the other", "concat");
        refuse(table, "interleave_probs", "data sets are joined one behind the other", "");
        refuse(table, "eval_on_each_dataset", "evaluation data sets are joined", "false");
        refuse(table, "predict_with_generate", "evaluation computes the loss", "false");
        refuse(table, "enable_thinking", "no built-in chat template writes thoughts", "false");
        refuse(table, "new_special_tokens_config", "the vocabulary is what the file has", "");
        for (String key : words("add_tokens add_special_tokens init_special_tokens")) {
            refuse(table, key, "the vocabulary is what the file has", "");
        }
        refuse(table, "resize_vocab", "the vocabulary is what the file has", "false");
        refuse(table, "split_special_tokens", "special tokens in a text are read as such", "false");
        refuse(table, "train_from_scratch", "weights are what the file has", "false");
        refuse(table, "adapter_folder", "adapter_name_or_path names the adapter itself", "");
        refuse(
                table,
                "create_new_adapter",
                "an earlier adapter stays apart from the base; merge it first, with graft merge, and train on the result",
                "false");
        String optimizer = "updates are AdamW's or plain gradient descent's";
        for (String key : words("use_galore use_apollo use_badam use_adam_mini use_muon adafactor")) {
            refuse(table, key, optimizer, "false");
        }
        refuse(table, "optim_args", optimizer, "");
        refuse(table, "use_llama_pro", "layers are what the file has", "false");
        String loss = "the loss is the mean over tokens of the cross-entropy";
        for (String key : words("use_dft_loss use_asft_loss use_eaft_loss")) {
            refuse(table, key, loss, "false");
        }
        refuse(table, "label_smoothing_factor", loss, "0 0.0");
        refuse(table, "moe_aux_loss_coef", loss, "");
        refuse(table, "neftune_noise_alpha", "no noise is added to embeddings", "");
        refuse(table, "lr_scheduler_kwargs", "the schedules have no further parameters", "");
        refuse(table, "pure_bf16", "what is trained stays in float32", "false");
        refuse(table, "upcast_layernorm", "number formats are what the file has", "false");
        refuse(table, "upcast_lmhead_output", "number formats are what the file has", "false");
        refuse(table, "save_only_model", "a checkpoint without the optimiser's state could not be resumed", "false");
        refuse(table, "push_to_hub", "nothing is sent anywhere", "false");
        refuse(table, "use_swanlab", "nothing is sent anywhere", "false");
        refuse(table, "ignore_data_skip", "a resumed run goes on with the batch that comes next", "false");
        refuse(table, "label_names", "name the label's column with label_column", "");
        return table;
    }

    private static void refuse(Map<String, Refusal> table, String key, String reason, String neutral) {
        table.put(key, new Refusal(reason, words(neutral)));
    }

    private static Set<String> words(String... texts) {
        Set<String> words = new LinkedHashSet<>(List.of(String.join(" ", texts).split(" ")));
        words.remove("");
        return words;
    }
}
