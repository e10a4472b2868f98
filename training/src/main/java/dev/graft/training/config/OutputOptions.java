package dev.graft.training.config;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * What is written.
 *
 * @param folder the adapter, its checkpoints and logs
 * @param overwrite whether the folder may hold an earlier run, which is then removed
 * @param loggingSteps updates between two lines of the log
 * @param saveInterval when a checkpoint is written
 * @param saveSteps updates between two checkpoints
 * @param keep the most checkpoints that are kept; empty for all
 * @param tensorboard whether event files are written
 * @param plotLoss whether the report shows the course of the loss
 * @param resume whether the last checkpoint in the folder is gone on from
 */
public record OutputOptions(
        Path folder,
        boolean overwrite,
        int loggingSteps,
        Interval saveInterval,
        int saveSteps,
        OptionalInt keep,
        boolean tensorboard,
        boolean plotLoss,
        boolean resume) {
    private static final List<String> LOGGERS = List.of("none", "tensorboard", "all");

    static OutputOptions read(SettingReader reader) {
        Path folder = reader.source().file().toAbsolutePath().getParent();
        ConfigPaths paths = new ConfigPaths(reader.source(), folder == null ? Path.of("") : folder);
        return new OutputOptions(
                paths.resolve("output_dir", reader.requiredText("output_dir", "the folder of the adapter")),
                reader.flag("overwrite_output_dir", false),
                reader.count("logging_steps", 10, 1),
                reader.choice("save_strategy", Interval.STEPS),
                reader.count("save_steps", 500, 1),
                reader.optionalCount("save_total_limit", OptionalInt.empty(), 1),
                tensorboard(reader),
                reader.flag("plot_loss", false),
                resume(reader));
    }

    private static boolean tensorboard(SettingReader reader) {
        List<String> loggers = reader.texts("report_to");
        for (String logger : loggers) {
            if (!LOGGERS.contains(logger)) {
                throw reader.source()
                        .invalid(
                                "report_to",
                                "expected report_to to be none or tensorboard, got '" + logger
                                        + "': nothing is sent to services",
                                "Write tensorboard, whose event files other programs read too.");
            }
        }
        return loggers.contains("tensorboard") || loggers.contains("all");
    }

    /** True, or a folder's name as transformers has it, of which only "the last one" can be honoured. */
    private static boolean resume(SettingReader reader) {
        return reader.flag("resume_from_checkpoint", false);
    }
}
