package dev.graft.cli.commands;

import static dev.graft.cli.command.OptionDescription.flag;
import static dev.graft.cli.command.OptionDescription.valued;

import dev.graft.cli.command.Argument;
import dev.graft.cli.command.Command;
import dev.graft.cli.command.CommandDescription;
import dev.graft.cli.command.Console;
import dev.graft.cli.command.Interruption;
import dev.graft.cli.command.Invocation;
import dev.graft.cli.text.Numbers;
import dev.graft.cli.tokenizer.HuggingFaceTokenizerSource;
import dev.graft.cli.train.PaceUnit;
import dev.graft.cli.train.Preparation;
import dev.graft.cli.train.TrainingLines;
import dev.graft.cli.train.TrainingReport;
import dev.graft.error.MissingFile;
import dev.graft.runtime.generate.TokenizerSource;
import dev.graft.runtime.session.Device;
import dev.graft.training.config.FinetuningType;
import dev.graft.training.config.ModelOptions;
import dev.graft.training.config.TrainingConfig;
import dev.graft.training.data.DataReport;
import dev.graft.training.data.TrainingData;
import dev.graft.training.job.TrainingJob;
import dev.graft.training.run.report.RunResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code graft train}: trains an adapter on an ONNX model. */
final class TrainCommand implements Command {
    @Override
    public CommandDescription description() {
        return CommandDescription.command("train", "train an adapter on an ONNX model")
                .details(
                        "Reads LLaMA-Factory's YAML keys; model_name_or_path is the .onnx file. Writes a PEFT adapter, checkpoints and"
                                + " logs into output_dir. The base is only read. Ctrl-C saves a checkpoint and stops; --resume goes on from it,"
                                + " to the same bytes as if it had never stopped.")
                .arguments(Argument.required("CONFIG", "a YAML file"))
                .options(
                        valued("set", "KEY=VALUE", "overrides a key of the file; may be repeated")
                                .repeated(),
                        flag("resume", "go on from the newest checkpoint in output_dir"),
                        DeviceWord.OPTION)
                .example("train", "graft train train.yaml")
                .example("another rank, for 100 steps", "graft train train.yaml --set lora_rank=16 --set max_steps=100")
                .example("go on after an interruption", "graft train train.yaml --resume")
                .build();
    }

    @Override
    public int run(Invocation invocation) {
        Console console = invocation.console();
        List<String> overrides = new ArrayList<>(invocation.options("set"));
        if (invocation.has("resume")) {
            overrides.add("resume_from_checkpoint=true");
        }
        TrainingConfig config = TrainingConfig.read(invocation.path("CONFIG"), overrides);
        if (!config.ignored().isEmpty()) {
            console.note("without effect here: " + String.join(", ", config.ignored()));
        }
        Device device = DeviceWord.of(invocation);
        if (config.model().precision() != ModelOptions.Precision.FLOAT32 && !(device instanceof Device.Cuda)) {
            console.note("bf16 and fp16 are for a GPU; the processor computes in float32");
        }
        if (TrainingData.isText(config)) {
            try (HuggingFaceTokenizerSource tokenizer = tokenizer(config)) {
                return train(config, Optional.of(tokenizer), device, console);
            }
        }
        return train(config, Optional.empty(), device, console);
    }

    /** The model's, beside which it is looked for; so a model that is not there is told first. */
    private static HuggingFaceTokenizerSource tokenizer(TrainingConfig config) {
        Path model = config.model().model();
        if (!Files.exists(model)) {
            throw MissingFile.at(
                    model, "model_name_or_path counts from the configuration's own folder; check the path.", null);
        }
        return HuggingFaceTokenizerSource.open(
                config.model().tokenizer(),
                "Save the model's tokenizer.json beside it, or name it with tokenizer: in the configuration.");
    }

    private static int train(
            TrainingConfig config, Optional<TokenizerSource> tokenizer, Device device, Console console) {
        console.note("building the training graph of " + config.model().model().getFileName());
        try (TrainingJob job = prepare(config, tokenizer, device, console);
                Interruption interruption = Interruption.listen()) {
            tell(job, console);
            TrainingLines lines = new TrainingLines(config, console);
            TrainingReport report = new TrainingReport(
                    config, job.data().report().classes(), job.data().warnings());
            RunResult result = job.run(List.of(lines, report), interruption::isAsked);
            print(config, job.data().report().classNames(), result, lines.resumedFrom(), console);
        }
        return 0;
    }

    private static TrainingJob prepare(
            TrainingConfig config, Optional<TokenizerSource> tokenizer, Device device, Console console) {
        try (Preparation preparation = Preparation.begin(console)) {
            return TrainingJob.open(config, tokenizer, device);
        }
    }

    private static void tell(TrainingJob job, Console console) {
        DataReport rows = job.data().report();
        console.note("training " + Numbers.count(job.trainableValues()) + " values on "
                + Numbers.plural(job.data().training().rows(), "row"));
        if (!rows.classNames().isEmpty()) {
            console.note("classes: " + rows.classes());
        }
        job.data().warnings().forEach(console::warn);
        if (rows.badRows() > 0) {
            console.warn(Numbers.plural(rows.badRows(), "row") + " left out:");
            rows.listed()
                    .forEach(row -> console.warn(row.file().getFileName() + ":" + row.line() + ": " + row.problem()));
        }
    }

    private static void print(
            TrainingConfig config,
            List<String> classes,
            RunResult result,
            Optional<String> resumedFrom,
            Console console) {
        Path folder = config.output().folder();
        if (console.json()) {
            console.resultAsJsonLine(Document.of(folder, classes, result, resumedFrom));
            return;
        }
        console.result(String.format(
                Locale.ROOT,
                "%s after %s in %.1f s, %.0f %s, loss %.4f%s%s",
                result.stopped() == RunResult.Stopped.INTERRUPTED ? "stopped" : "trained",
                Numbers.plural(result.steps(), "step"),
                result.trainSeconds(),
                result.tokensPerSecond(),
                PaceUnit.of(config),
                result.trainLoss(),
                result.evalLoss().isPresent()
                        ? String.format(
                                Locale.ROOT,
                                ", evaluation loss %.4f",
                                result.evalLoss().getAsDouble())
                        : "",
                result.bestStep().isPresent()
                        ? ", best at step " + result.bestStep().getAsLong()
                        : ""));
        console.result(
                result.stopped() == RunResult.Stopped.INTERRUPTED
                        ? "go on with --resume; checkpoints are in " + folder
                        : product(config) + "\nreport    " + folder.resolve(TrainingReport.FILE_NAME));
    }

    private static String product(TrainingConfig config) {
        Path folder = config.output().folder();
        return config.adapter().type() == FinetuningType.FULL
                ? "model     " + folder.resolve("model.onnx")
                : "adapter   " + folder;
    }

    /** The JSON document. */
    record Document(
            String stopped,
            long steps,
            double trainSeconds,
            double tokensPerSecond,
            double trainLoss,
            @Nullable Double evalLoss,
            @Nullable Double peakMemoryMb,
            @Nullable Long bestStep,
            @Nullable String resumedFrom,
            String adapter,
            @Nullable List<String> classes) {
        static Document of(Path folder, List<String> classes, RunResult result, Optional<String> resumedFrom) {
            return new Document(
                    result.stopped().name().toLowerCase(Locale.ROOT),
                    result.steps(),
                    result.trainSeconds(),
                    result.tokensPerSecond(),
                    result.trainLoss(),
                    result.evalLoss().isPresent() ? result.evalLoss().getAsDouble() : null,
                    result.peakMemoryMb().isPresent() ? result.peakMemoryMb().getAsDouble() : null,
                    result.bestStep().isPresent() ? result.bestStep().getAsLong() : null,
                    resumedFrom.orElse(null),
                    folder.toString(),
                    classes.isEmpty() ? null : classes);
        }
    }
}
