package dev.graft.training.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is learnt from.
 *
 * @param training the files
 * @param evaluation the files of held-out rows
 * @param heldOut where there are none: a part below 1 or a number of rows of {@code training} to hold out; 0 for none
 * @param format what rows look like, where that is not to be seen from the first
 * @param columns names of columns
 * @param classNames the classes in the order of their numbers; empty where labels are numbers or the model's configuration has them
 * @param template the chat template's name
 * @param system what a conversation without a system message begins with
 * @param cutoff the most tokens of a row
 * @param mostRows the most rows of each file
 * @param trainOnPrompt whether prompts are learnt too
 * @param maskHistory whether of a conversation only the last answer is learnt
 * @param packing whether several rows are put into one sequence
 * @param addBos whether texts begin with the token for it; empty for what the tokenizer's configuration says
 * @param addEos whether texts end with the token for it
 * @param skipBadRows whether a row that cannot be used is left out instead of an error
 * @param order how batches are made of rows
 */
public record DataOptions(
        List<Path> training,
        List<Path> evaluation,
        double heldOut,
        Optional<DataFormat> format,
        ColumnNames columns,
        List<String> classNames,
        Optional<String> template,
        Optional<String> system,
        int cutoff,
        OptionalInt mostRows,
        boolean trainOnPrompt,
        boolean maskHistory,
        boolean packing,
        Optional<Boolean> addBos,
        boolean addEos,
        boolean skipBadRows,
        BatchOptions order) {
    public DataOptions {
        training = List.copyOf(training);
        evaluation = List.copyOf(evaluation);
        classNames = List.copyOf(classNames);
    }

    /** The same with another cutoff. */
    public DataOptions withCutoff(int most) {
        return new DataOptions(
                training,
                evaluation,
                heldOut,
                format,
                columns,
                classNames,
                template,
                system,
                most,
                mostRows,
                trainOnPrompt,
                maskHistory,
                packing,
                addBos,
                addEos,
                skipBadRows,
                order);
    }

    static DataOptions read(SettingReader reader, long seed) {
        ConfigPaths folder = dataFolder(reader);
        List<Path> training = paths(reader, folder, "dataset");
        if (training.isEmpty()) {
            throw reader.source().invalid("dataset", "expected dataset: a file, got nothing", "Name the file of rows.");
        }
        List<Path> evaluation = paths(reader, folder, "eval_dataset");
        double heldOut = heldOut(reader, evaluation);
        boolean trainOnPrompt = reader.flag("train_on_prompt", false);
        boolean maskHistory = reader.flag("mask_history", false);
        if (trainOnPrompt && maskHistory) {
            throw reader.source()
                    .invalid(
                            "mask_history",
                            "train_on_prompt wants prompts to be learnt, mask_history only the last answer",
                            "Choose one of them.");
        }
        return new DataOptions(
                training,
                evaluation,
                heldOut,
                reader.optionalChoice("dataset_format", DataFormat.class),
                ColumnNames.read(reader),
                reader.texts("class_names"),
                reader.text("template"),
                reader.text("default_system"),
                reader.count("cutoff_len", 2048, 2),
                reader.optionalCount("max_samples", OptionalInt.empty(), 1),
                trainOnPrompt,
                maskHistory,
                reader.flag("packing", false),
                reader.optionalFlag("add_bos", Optional.empty()),
                reader.flag("add_eos", true),
                reader.flag("skip_bad_rows", false),
                BatchOptions.read(reader, seed));
    }

    private static ConfigPaths dataFolder(SettingReader reader) {
        Path file = reader.source().file().toAbsolutePath();
        Path parent = file.getParent() == null ? Path.of("") : file.getParent();
        ConfigPaths beside = new ConfigPaths(reader.source(), parent);
        return reader.text("dataset_dir")
                .map(text -> new ConfigPaths(reader.source(), beside.resolve("dataset_dir", text)))
                .orElse(beside);
    }

    private static List<Path> paths(SettingReader reader, ConfigPaths folder, String key) {
        return reader.texts(key).stream().map(text -> folder.resolve(key, text)).toList();
    }

    private static double heldOut(SettingReader reader, List<Path> evaluation) {
        double heldOut = reader.number("val_size", 0, NumberRange.atLeast(0));
        if (heldOut >= 1 && heldOut != Math.rint(heldOut)) {
            throw reader.source()
                    .invalid(
                            "val_size",
                            "expected val_size to be a part below 1 or a whole number of rows, got '" + heldOut + "'",
                            "Correct the value.");
        }
        if (heldOut > 0 && !evaluation.isEmpty()) {
            throw reader.source()
                    .invalid("val_size", "both eval_dataset and val_size say what is held out", "Choose one of them.");
        }
        return heldOut;
    }
}
