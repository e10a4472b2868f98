package dev.graft.compiler.merge;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** Adds up what the units found, in the order of the units, so that the sums are the same for any number of threads. */
final class TargetReports {
    private TargetReports() {}

    static List<TargetReport> of(MergePlan plan, List<MergeTask> tasks, List<BlockStatistics>[] statistics) {
        IdentityHashMap<BlockEdit, BlockStatistics> byBlock = new IdentityHashMap<>();
        for (int i = 0; i < tasks.size(); i++) {
            if (tasks.get(i) instanceof MergeTask.Compute compute) {
                List<BlockEdit> blocks = compute.unit().edit().blocks();
                for (int block = 0; block < blocks.size(); block++) {
                    byBlock.merge(blocks.get(block), statistics[i].get(block), BlockStatistics::plus);
                }
            }
        }
        List<TargetReport> reports = new ArrayList<>();
        for (TensorEdit edit : plan.edits()) {
            for (BlockEdit block : edit.blocks()) {
                reports.add(report(edit, block, byBlock.getOrDefault(block, BlockStatistics.NONE)));
            }
        }
        return List.copyOf(reports);
    }

    private static TargetReport report(TensorEdit edit, BlockEdit block, BlockStatistics found) {
        boolean single = block.terms().size() == 1 && block.replacement() == null;
        return new TargetReport(
                block.module(),
                edit.tensor().name(),
                edit.tensor().dtype(),
                edit.tensor().shape(),
                block.totalRank(),
                single ? block.terms().get(0).scaling() : Double.NaN,
                Math.sqrt(found.squaresOfWeight()),
                Math.sqrt(found.squaresOfDelta()),
                block.view().rows() * block.view().columns(),
                found.changed(),
                found.lost(),
                edit.source());
    }
}
