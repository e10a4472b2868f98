package dev.graft.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.GraftException;
import dev.graft.runtime.session.HostTensor;
import dev.graft.training.config.TrainingConfig;
import dev.graft.training.step.Batch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A folder with a model's configuration and a data set, and what tests want to know of the batches. */
record Workspace(Path folder) {
    private static final String TOKENIZER =
            "{\"bos_token\": \"<s>\", \"eos_token\": {\"content\": \"</s>\"}, \"pad_token\": \"<pad>\"%s}";

    static Workspace in(Path folder) {
        return new Workspace(folder).write("tokenizer_config.json", TOKENIZER.formatted(""));
    }

    Workspace chatTemplate(String jinja) {
        String escaped = jinja.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        return write("tokenizer_config.json", TOKENIZER.formatted(", \"chat_template\": \"" + escaped + "\""));
    }

    Workspace write(String name, String text) {
        try {
            Files.writeString(folder.resolve(name), text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens a data set in its files' order, in batches of 2 unless the settings say otherwise. */
    TrainingData open(String dataset, String... settings) {
        write(
                "train.yaml",
                "model_name_or_path: model.onnx\noutput_dir: out\ndisable_shuffling: true\nper_device_train_batch_size: 2\n");
        String[] all = Arrays.copyOf(settings, settings.length + 1);
        all[settings.length] = "dataset=" + dataset;
        TrainingConfig config = TrainingConfig.read(folder.resolve("train.yaml"), List.of(all));
        return TrainingData.open(config, Optional.of(new LetterTokenizer()));
    }

    GraftException refused(String dataset, String... settings) {
        GraftException error = catchThrowableOfType(GraftException.class, () -> open(dataset, settings));
        assertThat(error).as("the data are refused").isNotNull();
        return error;
    }

    /** The texts of a batch, special tokens and padding written out. */
    static List<String> texts(Batch batch) {
        return rows(batch.inputs().get("input_ids")).stream()
                .map(new LetterTokenizer()::decode)
                .toList();
    }

    /** The same, with a dot where the token is not learnt. */
    static List<String> learnt(Batch batch) {
        return rows(batch.labels().orElseThrow()).stream()
                .map(labels -> {
                    StringBuilder text = new StringBuilder();
                    for (long label : labels) {
                        text.append(label == Batch.IGNORED ? "." : new LetterTokenizer().decode(new long[] {label}));
                    }
                    return text.toString();
                })
                .toList();
    }

    static List<long[]> rows(HostTensor matrix) {
        int width = (int) matrix.shape().dim(1);
        long[] all = matrix.toLongs();
        return java.util.stream.IntStream.range(0, (int) matrix.shape().dim(0))
                .mapToObj(row -> Arrays.copyOfRange(all, row * width, (row + 1) * width))
                .toList();
    }
}
