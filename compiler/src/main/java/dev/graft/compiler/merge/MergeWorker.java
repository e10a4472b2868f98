package dev.graft.compiler.merge;

import dev.graft.compiler.scan.ByteRegion;
import dev.graft.error.FileFault;
import dev.graft.io.Progress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.function.IntConsumer;

/** Does the tasks of one thread. */
final class MergeWorker implements IntConsumer {
    private final List<MergeTask> tasks;
    private final List<BlockStatistics>[] statistics;
    private final OpenFiles inputs;
    private final StagedFiles outputs;
    private final UnitWriter units;
    private final Progress progress;

    /** @param statistics by task, where what a unit finds is put */
    MergeWorker(
            List<MergeTask> tasks,
            List<BlockStatistics>[] statistics,
            OpenFiles inputs,
            StagedFiles outputs,
            UnitComputer computer,
            Progress progress) {
        this.tasks = tasks;
        this.statistics = statistics;
        this.inputs = inputs;
        this.outputs = outputs;
        this.units = new UnitWriter(
                inputs,
                computer,
                (edit, region, offset, bytes) -> outputs.write(region.file(), region.offset() + offset, bytes));
        this.progress = progress;
    }

    @Override
    public void accept(int index) {
        MergeTask task = tasks.get(index);
        if (task instanceof MergeTask.Copy copy) {
            copy(copy);
        } else if (task instanceof MergeTask.Compute compute) {
            statistics[index] = units.write(compute);
            progress.advance(compute.unit().bytes());
        }
    }

    private void copy(MergeTask.Copy copy) {
        ByteRegion source = copy.source();
        FileChannel channel = inputs.channel(source.file());
        try (FileChannel output = outputs.openAt(copy.destination(), copy.position(), source.length())) {
            long done = 0;
            while (done < source.length()) {
                long now = channel.transferTo(source.offset() + done, source.length() - done, output);
                if (now <= 0) {
                    throw OpenFiles.ended(source.file(), source.offset() + done);
                }
                done += now;
            }
        } catch (IOException e) {
            throw FileFault.unwritable(copy.destination(), e);
        }
        progress.advance(source.length());
    }
}
