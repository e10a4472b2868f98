package dev.graft.training.run;

import dev.graft.adapter.format.json.PythonJson;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.OutputTransaction;
import dev.graft.training.run.checkpoint.CheckpointStore;
import dev.graft.training.run.plan.OutputPlan;
import dev.graft.training.run.plan.Start;
import dev.graft.training.run.report.RunResult;
import dev.graft.training.run.report.TensorBoardLog;
import dev.graft.training.run.report.TrainerLog;
import dev.graft.training.run.tensorboard.EventFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of a run, which one process at a time works in; the results appear in it last of all. */
final class RunFolder implements AutoCloseable {
    /** The file of the results. */
    static final String RESULTS = "train_results.json";

    private final Path folder;
    private final OutputTransaction results;

    private RunFolder(Path folder, OutputTransaction results) {
        this.folder = folder;
        this.results = results;
    }

    /**
     * Creates the folder if need be and keeps other processes out of it.
     *
     * @throws GraftException {@code OUTPUT_BUSY}, {@code IO_FAILED}
     */
    static RunFolder open(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        return new RunFolder(absolute, OutputTransaction.open(absolute.resolve(RESULTS), true));
    }

    /**
     * Does with an earlier run what the plan says.
     *
     * @throws GraftException {@code OUTPUT_EXISTS}
     */
    void prepare(OutputPlan plan, CheckpointStore store) {
        Path log = folder.resolve(TrainerLog.NAME);
        boolean used = Files.exists(log) || store.newest().isPresent();
        if (plan.start() == Start.NEW && used) {
            throw new GraftException(
                    ErrorCode.OUTPUT_EXISTS,
                    "the output folder holds another run",
                    Location.ofFile(folder),
                    "Go on with it (--resume), choose another folder, or replace it (overwrite_output_dir: true).");
        }
        if (plan.start() == Start.OVERWRITE
                || (plan.start() == Start.RESUME && store.newest().isEmpty())) {
            store.clear();
            removeLogs(log);
        }
    }

    private void removeLogs(Path log) {
        Path events = folder.resolve(TensorBoardLog.FOLDER);
        try {
            Files.deleteIfExists(log);
            Files.deleteIfExists(folder.resolve(RESULTS));
            if (Files.isDirectory(events)) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(events, EventFile.PREFIX + "*.graft.*")) {
                    for (Path file : files) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        } catch (IOException e) {
            throw failed("remove the logs of the run before", folder, e);
        }
    }

    /** Writes {@value #RESULTS}. */
    void writeResults(RunResult result) {
        Path staged = results.stage(folder.resolve(RESULTS));
        try {
            Files.writeString(staged, PythonJson.write(result.toJson()) + "\n");
        } catch (IOException e) {
            throw failed("write", staged, e);
        }
        results.commit();
    }

    @Override
    public void close() {
        results.close();
    }

    private static GraftException failed(String action, Path file, IOException cause) {
        return new GraftException(
                ErrorCode.IO_FAILED,
                "cannot " + action + ": " + cause.getMessage(),
                Location.ofFile(file),
                "Check that the disk has space and that you may write there.",
                cause);
    }
}
