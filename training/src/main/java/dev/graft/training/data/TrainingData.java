package dev.graft.training.data;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.generate.TokenizerSource;
import dev.graft.runtime.generate.chat.SpecialTokens;
import dev.graft.runtime.generate.chat.TokenizerFolder;
import dev.graft.runtime.inputs.InputRole;
import dev.graft.training.config.DataOptions;
import dev.graft.training.config.Loss;
import dev.graft.training.config.TrainingConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The data of a training run.
 *
 * @param training the batches that are learnt from
 * @param evaluation the batches of held-out rows, in the order of the files
 * @param report what was found in the files of {@code dataset}
 * @param evaluationReport what was found in the files of {@code eval_dataset}
 * @param warnings what the model will make of the data that may not be meant, in sentences
 */
public record TrainingData(
        Batches training,
        Optional<Batches> evaluation,
        DataReport report,
        Optional<DataReport> evaluationReport,
        List<String> warnings) {
    public TrainingData {
        warnings = List.copyOf(warnings);
    }

    /** Whether the data are text, so that {@link #open} needs a tokenizer. */
    public static boolean isText(TrainingConfig config) {
        return !config.data().training().stream().allMatch(RowFiles::holdsTensors);
    }

    /**
     * Reads all rows.
     *
     * @param tokenizer the model's; must be there if the data are text, and is not used afterwards
     * @throws GraftException {@code TRAINING_DATA_INVALID} with file and line, {@code TRAINING_CONFIG_INVALID}, {@code FILE_NOT_FOUND}, {@code
     *     UNKNOWN_FORMAT}, {@code JSON_MALFORMED}, {@code SAFETENSORS_MALFORMED}, {@code PICKLE_REFUSED}, {@code IO_FAILED}
     */
    public static TrainingData open(TrainingConfig config, Optional<TokenizerSource> tokenizer) {
        refuseMixture(config);
        ModelLimits file = ModelLimits.of(config.model().model());
        RowLength length = RowLength.of(config, file);
        ModelLimits limits = file.withPositions(length.tokens());
        DataOptions options = length.fitted();
        Loader loader = loader(config, options, tokenizer, limits);
        LoadedRows training = load(loader, config, "dataset", options.training());
        Optional<LoadedRows> evaluation = options.evaluation().isEmpty()
                ? Optional.empty()
                : Optional.of(load(loader, config, "eval_dataset", options.evaluation()));
        List<DataReport> reports = Stream.concat(Stream.of(training), evaluation.stream())
                .map(LoadedRows::report)
                .toList();
        length.check(reports);
        int[] heldOut = evaluation.isPresent() ? new int[0] : heldOut(config, all(training));
        int[] kept = Arrays.stream(all(training))
                .filter(row -> Arrays.binarySearch(heldOut, row) < 0)
                .toArray();
        Batches batches = batches(config, options, training.store(), kept);
        return new TrainingData(
                batches,
                evaluation
                        .map(rows -> Batches.forEvaluation(rows.store(), all(rows), options.order()))
                        .or(() -> evaluationOf(training, heldOut, options)),
                training.report(),
                evaluation.map(LoadedRows::report),
                warnings(batches, kept, limits, length.warning(reports)));
    }

    private static LoadedRows load(Loader loader, TrainingConfig config, String key, List<Path> files) {
        LoadedRows rows = loader.load(files);
        refuseEmpty(config, key, rows);
        return rows;
    }

    private static int[] all(LoadedRows rows) {
        return IntStream.range(0, rows.store().rows()).toArray();
    }

    private static Optional<Batches> evaluationOf(LoadedRows training, int[] rows, DataOptions options) {
        return rows.length == 0
                ? Optional.empty()
                : Optional.of(Batches.forEvaluation(training.store(), rows, options.order()));
    }

    private static List<String> warnings(Batches batches, int[] texts, ModelLimits limits, Optional<String> length) {
        return Stream.concat(length.stream(), packed(batches, texts, limits).stream())
                .toList();
    }

    /** What becomes of texts that share a sequence is up to the graph, and no mask of one number a position can keep them apart. */
    private static Optional<String> packed(Batches batches, int[] texts, ModelLimits limits) {
        if (!batches.packed() || batches.rows() == texts.length) {
            return Optional.empty();
        }
        boolean positions =
                limits.inputs().values().stream().anyMatch(input -> InputRole.of(input) == InputRole.POSITION_IDS);
        return Optional.of("packing puts " + texts.length + " texts into " + batches.rows() + " sequences, "
                + (positions
                        ? "where a text sees those before it unless the model keeps texts apart by their positions"
                        : "where a text sees those before it and goes on with their positions: the model has no input for positions")
                + "; without packing every text is by itself");
    }

    /** Reads the rows of files. */
    private interface Loader {
        LoadedRows load(List<Path> files);
    }

    private static Loader loader(
            TrainingConfig config, DataOptions options, Optional<TokenizerSource> tokenizer, ModelLimits limits) {
        Loss.Kind loss = config.loss().kind();
        if (!isText(config)) {
            return new TensorDataSet(options, loss, limits)::load;
        }
        if (loss == Loss.Kind.OUTPUT) {
            throw config.source()
                    .invalid(
                            "loss",
                            "a loss that the graph computes itself needs tensors, and the data are text",
                            "Write the graph's inputs, labels among them, to a .safetensors or .npz file.");
        }
        TokenizerSource words = tokenizer.orElseThrow(() -> new GraftException(
                ErrorCode.FILE_NOT_FOUND,
                "the data are text, and there is no tokenizer",
                Location.ofFile(config.model().tokenizer()),
                "Name the model's tokenizer.json with the key tokenizer."));
        TokenizerFolder folder =
                TokenizerFolder.read(config.model().tokenizer(), config.model().model());
        SpecialTokens special = SpecialTokens.read(words, folder);
        if (loss == Loss.Kind.CLASSIFICATION || loss == Loss.Kind.REGRESSION) {
            List<String> names = options.classNames().isEmpty() ? folder.classNames() : options.classNames();
            return new LabelledDataSet(
                    options,
                    new LabelledTexts(words, options),
                    loss == Loss.Kind.CLASSIFICATION,
                    names,
                    limits,
                    special.pad())::load;
        }
        refuseMissing(config, special);
        TemplateChoice template = new TemplateChoice(config, folder);
        ConversationEncoder encoder = new ConversationEncoder(words, special, template, options);
        return new TextDataSet(options, encoder, template, limits.foretoldTokens(), special.pad())::load;
    }

    private static Batches batches(TrainingConfig config, DataOptions options, RowStore store, int[] rows) {
        if (!options.packing()) {
            return Batches.forTraining(store, rows, options.order());
        }
        if (store instanceof TextRows texts) {
            PackedRows packed = PackedRows.of(texts, rows, options.cutoff());
            return Batches.forTraining(packed, IntStream.range(0, packed.rows()).toArray(), options.order());
        }
        throw config.source()
                .invalid(
                        "packing",
                        "packing: true needs texts for a language model",
                        "Leave it out: other rows are of one length, or have one label each.");
    }

    /** The rows that {@code val_size} holds out, which the seed chooses, in their order; none by default. */
    private static int[] heldOut(TrainingConfig config, int[] rows) {
        double size = config.data().heldOut();
        double wanted = size < 1 ? Math.ceil(size * rows.length) : size;
        if (wanted >= rows.length) {
            throw config.source()
                    .invalid(
                            "val_size",
                            "val_size would hold out " + (long) wanted + " of " + rows.length
                                    + " rows, and leave none to learn from",
                            "Hold out fewer rows.");
        }
        int[] chosen = RowOrder.shuffled(rows, config.data().order().seed(), -1);
        return Arrays.stream(chosen, 0, (int) wanted).sorted().toArray();
    }

    private static void refuseMixture(TrainingConfig config) {
        boolean text = isText(config);
        for (List<Path> files : List.of(config.data().training(), config.data().evaluation())) {
            for (Path file : files) {
                if (RowFiles.holdsTensors(file) == text) {
                    throw new GraftException(
                            ErrorCode.TRAINING_DATA_INVALID,
                            "expected files of rows or files of tensors, got both",
                            Location.ofFile(file),
                            "Write all data in one kind of file.");
                }
            }
        }
    }

    private static void refuseMissing(TrainingConfig config, SpecialTokens special) {
        if (config.data().addBos().orElse(false) && special.bos().isEmpty()) {
            throw config.source()
                    .invalid(
                            "add_bos",
                            "add_bos: true, but neither tokenizer_config.json nor config.json names the token",
                            "Leave it out, or add bos_token to the tokenizer's configuration.");
        }
    }

    private static void refuseEmpty(TrainingConfig config, String key, LoadedRows rows) {
        if (rows.store().rows() > 0) {
            return;
        }
        DataReport report = rows.report();
        String first = report.listed().isEmpty()
                ? ""
                : ": " + report.badRows() + " cannot be used, the first because "
                        + report.listed().get(0).problem();
        List<Path> files =
                key.equals("dataset") ? config.data().training() : config.data().evaluation();
        throw new GraftException(
                ErrorCode.TRAINING_DATA_INVALID,
                "no row of " + key + " can be used" + first,
                Location.ofFile(files.get(0)),
                "Check the file and the names of its columns.");
    }
}
