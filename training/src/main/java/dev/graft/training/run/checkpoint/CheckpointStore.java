package dev.graft.training.run.checkpoint;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.OutputFolder;
import dev.graft.training.run.evaluation.BestSoFar;
import dev.graft.training.step.EngineState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The checkpoints in a run's folder; of one process at a time, which the run sees to. */
public final class CheckpointStore {
    private final Path runFolder;
    private final Map<String, String> plan;
    private final long parameters;
    private final AdapterWriter adapter;

    /**
     * The checkpoints of a folder that exists; removes what dead processes have left half written.
     *
     * @param plan what a run goes by, which must be the same to go on
     * @param parameters the number of trainable values
     * @param adapter writes the adapter into each checkpoint
     */
    public CheckpointStore(Path runFolder, Map<String, String> plan, long parameters, AdapterWriter adapter) {
        this.runFolder = runFolder;
        this.plan = plan;
        this.parameters = parameters;
        this.adapter = adapter;
        OutputFolder.removeLeftovers(runFolder, Checkpoint.PREFIX);
    }

    /** All checkpoints of Graft's, the oldest first; folders without our state, of other programs, are not among them. */
    public List<Checkpoint> list() {
        try (Stream<Path> entries = Files.list(runFolder)) {
            return entries.filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
                    .filter(entry -> Files.isRegularFile(entry.resolve(RunStateFile.NAME)))
                    .flatMap(entry -> Checkpoint.ofFolder(entry).stream())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new GraftException(
                    ErrorCode.IO_FAILED,
                    "cannot list the folder: " + e.getMessage(),
                    Location.ofFile(runFolder),
                    "Check that it is a folder that you may read.",
                    e);
        }
    }

    /** The checkpoint of the latest position. */
    public Optional<Checkpoint> newest() {
        List<Checkpoint> all = list();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /** The checkpoint of the best evaluation, if there is one. */
    public Optional<Checkpoint> best(BestSoFar best) {
        return list().stream().filter(checkpoint -> isBest(checkpoint, best)).findFirst();
    }

    /** Writes a checkpoint; when this returns it will survive a loss of power. */
    public Checkpoint save(RunState state, EngineState engine) {
        Path folder = Checkpoint.folderOf(runFolder, state.position());
        try (OutputFolder output = OutputFolder.open(folder)) {
            EngineStateFile.write(output.staging(), engine);
            RunStateFile.write(output.staging(), state, plan);
            adapter.write(output.staging(), engine.parameters());
            output.commit();
        }
        return new Checkpoint(folder, state.position());
    }

    /**
     * Reads a checkpoint.
     *
     * @throws GraftException {@code CHECKPOINT_INVALID} if it is damaged or of a run that went by something else, {@code
     *     JSON_MALFORMED}, {@code SAFETENSORS_MALFORMED}, {@code IO_FAILED}
     */
    public SavedRun load(Checkpoint checkpoint) {
        RunStateFile.Content content = RunStateFile.read(checkpoint.folder());
        Path file = checkpoint.folder().resolve(RunStateFile.NAME);
        PlanKeys.requireSame(content.plan(), plan, file);
        EngineState engine = EngineStateFile.read(checkpoint.folder(), parameters);
        Position position = content.state().position();
        if (!position.equals(checkpoint.position()) || position.step() != engine.updates()) {
            throw new GraftException(
                    ErrorCode.CHECKPOINT_INVALID,
                    "the checkpoint contradicts itself: the folder is of step "
                            + checkpoint.position().step() + ", its state of " + position.step() + ", its engine of "
                            + engine.updates(),
                    Location.ofFile(file),
                    "Remove this checkpoint to go on from the one before.");
        }
        return new SavedRun(checkpoint, content.state(), engine);
    }

    /** Removes the oldest until so many are left; the newest and the best always are. */
    public void prune(int keep, BestSoFar best) {
        List<Checkpoint> all = list();
        int tooMany = keep == 0 ? 0 : all.size() - keep;
        for (Checkpoint checkpoint : all.subList(0, Math.max(0, all.size() - 1))) {
            if (tooMany > 0 && !isBest(checkpoint, best)) {
                OutputFolder.remove(checkpoint.folder());
                tooMany--;
            }
        }
    }

    /** Removes all. */
    public void clear() {
        list().forEach(checkpoint -> OutputFolder.remove(checkpoint.folder()));
    }

    private static boolean isBest(Checkpoint checkpoint, BestSoFar best) {
        Position position = checkpoint.position();
        return position.accumulated() == 0 && best.isAt(position.step());
    }
}
