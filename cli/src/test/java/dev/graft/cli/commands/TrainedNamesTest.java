package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.format.safetensors.SafetensorsReader;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of modules in {@code graft train}'s configuration, on the bundled sample, which has four layers. */
class TrainedNamesTest extends TypedCommands {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lora_target: q_proj,v_prj|lora_target: no module matches 'v_prj'; the model has embed_tokens, q_proj, k_proj, |Did you mean 'v_proj'?",
                "lora_target: nosuch|lora_target: no module matches 'nosuch'; the model has |graft inspect lists the modules",
                "lora_target: '.*\\.layers\\.9\\..*'|lora_target: no module matches '.*\\.layers\\.9\\..*'; the model has |graft inspect",
                "lora_target: self_atn.q_proj|lora_target: no module matches 'self_atn.q_proj'|Did you mean 'self_attn.q_proj'?",
                "lora_target: all,lm_hed|lora_target: no module matches 'lm_hed'|Did you mean 'lm_head'?",
                "layers_to_transform: [0, 99]|layers_to_transform: no module of lora_target is in layer 99|in the layers 0 to 3.",
                "layers_to_transform: [0]~lora_target: q_proj,lm_head|lora_target: no module that 'lm_head' matches is in the layers of layers_to_transform, [0]|Leave the name out",
                "lora_target: mlp|lora_target: no module matches 'mlp'|It is made of modules, which are named one by one: mlp.gate_proj, mlp.up_proj, mlp.down_proj.",
                "lora_target: '\\Qnosuch\\E'|lora_target: no module matches '\\Qnosuch\\E'; the model has |graft inspect lists the modules",
                "lora_target: '(q_proj'|expected lora_target to be a regular expression, got '(q_proj': Unclosed group|Write all, names such as q_proj,v_proj, or an expression",
                "additional_target: nosuch|additional_target: no module matches 'nosuch'; the model has |graft inspect lists the modules",
                "additional_target: norm,input_layernrm|additional_target: no module matches 'input_layernrm'|Did you mean 'input_layernorm'?",
                "additional_target: q_proj|additional_target: 'q_proj' names model.layers.0.self_attn.q_proj, which gets an adapter from lora_target too|take the name out of one of the two"
            })
    void aNameThatMeansNothingIsAnErrorAlsoBesideOnesThatDo(String lines, String message, String remedy)
            throws IOException {
        assertThat(run("train", config(lines.split("~", -1)))).isEqualTo(2);

        assertThat(messages()).contains(message, remedy, "train.yaml, line ");
        assertThat(messages().contains("\\Q")).isEqualTo(lines.contains("\\Q"));
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void allCanStandBesideANameThatItDoesNotTake() throws IOException {
        assertThat(run("train", config("lora_target: all"))).as(messages()).isZero();
        Set<String> all = tensors("out");
        assertThat(run("train", config("lora_target: all,lm_head", "output_dir: more")))
                .as(messages())
                .isZero();

        assertThat(tensors("more"))
                .containsAll(all)
                .hasSize(all.size() + 2)
                .contains("base_model.model.lm_head.lora_A.weight", "base_model.model.lm_head.lora_B.weight");
    }

    private Set<String> tensors(String adapter) {
        return SafetensorsReader.read(folder.resolve(adapter).resolve("adapter_model.safetensors"))
                .tensors()
                .keySet();
    }

    private String config(String... lines) throws IOException {
        return configuration(
                List.of(
                        "model_name_or_path: " + base,
                        "dataset: " + sample.resolve("train.jsonl"),
                        "output_dir: out",
                        "lora_rank: 2",
                        "max_samples: 4",
                        "max_steps: 1",
                        "per_device_train_batch_size: 2"),
                lines);
    }
}
