package dev.graft.compiler.merge;

import dev.graft.compiler.scan.ByteRegion;
import dev.graft.io.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.function.IntConsumer;

/** Does the tasks of one thread. */
final class MergeWorker implements IntConsumer {
    private final List<MergeTask> tasks;
    private final List<BlockStatistics>[] statistics;
    private final OpenFiles inputs;
    private final StagedFiles outputs;
    private final UnitComputer computer;
    private final Progress progress;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(Unit.LARGEST_BYTES).order(ByteOrder.LITTLE_ENDIAN);

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
        this.computer = computer;
        this.progress = progress;
    }

    @Override
    public void accept(int index) {
        MergeTask task = tasks.get(index);
        if (task instanceof MergeTask.Copy copy) {
            copy(copy);
        } else if (task instanceof MergeTask.Compute compute) {
            statistics[index] = compute(compute);
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
            throw outputs.unwritable(copy.destination(), e);
        }
        progress.advance(source.length());
    }

    private List<BlockStatistics> compute(MergeTask.Compute compute) {
        Unit unit = compute.unit();
        TensorBytes source = new TensorBytes(unit.edit().source(), inputs);
        TensorBytes destination = new TensorBytes(compute.destination(), inputs);
        forEachStretch(unit, source::read);
        List<BlockStatistics> found = computer.compute(unit, buffer.clear());
        forEachStretch(unit, (position, bytes) -> write(compute, destination, position, bytes));
        unit.panel().finish();
        return found;
    }

    private interface Transfer {
        void at(long position, ByteBuffer bytes);
    }

    /** A unit is one stretch of the tensor's bytes, or one per row. */
    private void forEachStretch(Unit unit, Transfer transfer) {
        int stretches = unit.isContiguous() ? 1 : unit.rows();
        int length = unit.bytes() / stretches;
        for (int row = 0; row < stretches; row++) {
            buffer.limit((row + 1) * length).position(row * length);
            transfer.at(unit.byteOfRow(row), buffer);
        }
    }

    private void write(MergeTask.Compute compute, TensorBytes destination, long position, ByteBuffer bytes) {
        int limit = bytes.limit();
        destination.forEachPiece(position, bytes.remaining(), (run, offset, length) -> {
            ByteRegion region = compute.destination().get(run);
            bytes.limit(bytes.position() + length);
            outputs.write(region.file(), region.offset() + offset, bytes);
        });
        bytes.limit(limit);
    }
}
