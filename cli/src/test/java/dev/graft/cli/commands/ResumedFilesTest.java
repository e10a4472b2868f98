package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.proto.ModelProto;
import dev.graft.compiler.ir.proto.StringStringEntryProto;
import dev.graft.compiler.ir.proto.TensorProto;
import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.ModelScanner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code graft train --resume} on files that are, or are no longer, those that the run began with. */
class ResumedFilesTest extends TypedCommands {
    /** Weights that are larger have bytes far from their first ones. */
    private static final int LARGE = 40_000;

    private static final String TOOL_TEMPLATE = "additional_chat_templates/tool_use.jinja";

    private Path here;

    @BeforeEach
    void trainTwoSteps() throws IOException {
        here = Files.createDirectory(folder.resolve("here"));
        for (String file : new String[] {"base/tokenizer.json", "train.jsonl", "eval.jsonl"}) {
            Path source = sample.resolve(file);
            Files.copy(source, here.resolve(source.getFileName()));
        }
        Files.createDirectory(here.resolve("additional_chat_templates"));
        Files.writeString(here.resolve(TOOL_TEMPLATE), "{{ tools }}");
        writeModelWithHalfItsWeightsBeside();
        Files.writeString(here.resolve("train.yaml"), """
                model_name_or_path: model.onnx
                dataset: train.jsonl
                eval_dataset: eval.jsonl
                output_dir: out
                lora_rank: 2
                lora_target: q_proj
                per_device_train_batch_size: 2
                max_samples: 6
                max_steps: 2
                save_steps: 1
                """);
        assertThat(run("train", here.resolve("train.yaml").toString()))
                .as(messages())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"train.jsonl", "eval.jsonl", "tokenizer.json", TOOL_TEMPLATE, "model.onnx", "model.data"})
    void aFileThatHasChangedIsNamed(String file) throws IOException {
        if (file.startsWith("model.")) {
            changeTheEndOfAWeightIn(here.resolve(file));
        } else {
            Files.writeString(here.resolve(file), "\n", StandardOpenOption.APPEND);
        }

        assertThat(run("train", here.resolve("train.yaml").toString(), "--resume"))
                .isEqualTo(3);
        assertThat(messages())
                .containsPattern("the checkpoint was made with another \\Q" + file
                        + "\\E \\(sha256 [0-9a-f]{64}, now sha256 [0-9a-f]{64}\\)\n")
                .contains("Resume with the settings and files that the run began with", "checkpoint-2");
    }

    @Test
    void aFolderMayBeMovedWithAllThatIsInIt() throws IOException {
        Path there = Files.move(here, folder.resolve("there"));

        assertThat(run("train", there.resolve("train.yaml").toString(), "--resume"))
                .as(messages())
                .isZero();
    }

    @Test
    void updatesMayBeDoneInCallsOfSeveralAndGiveTheSameBytes() throws IOException {
        String config = here.resolve("train.yaml").toString();
        assertThat(run("train", config, "--resume", "--set", "updates_per_call=2"))
                .as(messages())
                .isZero();
        String other = "output_dir=" + here.resolve("blocks");
        assertThat(run("train", config, "--set", "updates_per_call=2", "--set", "save_steps=500", "--set", other))
                .as(messages())
                .isZero();

        assertThat(here.resolve("blocks/adapter_model.safetensors"))
                .hasSameBinaryContentAs(here.resolve("out/adapter_model.safetensors"));
    }

    private void writeModelWithHalfItsWeightsBeside() throws IOException {
        ModelProto.Builder model =
                ModelProto.parseFrom(Files.readAllBytes(sample.resolve("base/model.onnx"))).toBuilder();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        boolean beside = true;
        for (TensorProto.Builder weight : model.getGraphBuilder().getInitializerBuilderList()) {
            if (weight.getRawData().size() > LARGE) {
                if (beside) {
                    moveTo(data, weight);
                }
                beside = !beside;
            }
        }
        Files.write(here.resolve("model.onnx"), model.build().toByteArray());
        Files.write(here.resolve("model.data"), data.toByteArray());
    }

    private static void moveTo(ByteArrayOutputStream data, TensorProto.Builder weight) throws IOException {
        weight.setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", "model.data"))
                .addExternalData(entry("offset", Integer.toString(data.size())));
        weight.getRawData().writeTo(data);
        weight.clearRawData();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    /** The lowest bit of the last element, far behind the beginning. */
    private void changeTheEndOfAWeightIn(Path holder) throws IOException {
        ByteRegion data = ModelScanner.scan(here.resolve("model.onnx")).graph().initializers().values().stream()
                .flatMap(tensor -> tensor.runs().stream())
                .filter(run -> run.length() > LARGE && run.file().endsWith(holder.getFileName()))
                .findFirst()
                .orElseThrow();
        try (RandomAccessFile file = new RandomAccessFile(holder.toFile(), "rw")) {
            file.seek(data.end() - 4);
            int before = file.read();
            file.seek(data.end() - 4);
            file.write(before ^ 1);
        }
    }
}
