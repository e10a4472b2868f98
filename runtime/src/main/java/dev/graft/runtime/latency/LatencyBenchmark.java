package dev.graft.runtime.latency;

import dev.graft.io.Progress;
import dev.graft.runtime.session.PreparedRun;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures how long a run of each contender takes.
 *
 * <p>A round runs every contender once; each round begins with another one, so that none always follows the same neighbour. Inputs are bound once, and outputs are not
 * copied out of ONNX Runtime: what is measured is the model.
 *
 * @param warmUpRounds rounds that are not counted
 * @param rounds rounds that are
 */
public record LatencyBenchmark(int warmUpRounds, int rounds) {
    public LatencyBenchmark {
        if (warmUpRounds < 0 || rounds < 1) {
            throw new IllegalArgumentException("at least one round is counted: " + warmUpRounds + ", " + rounds);
        }
    }

    /**
     * Runs all rounds.
     *
     * @param contenders the first is what the others are compared with
     * @throws dev.graft.error.GraftException {@code INPUTS_INVALID} or {@code RUNTIME_FAILED} if one cannot run
     */
    public LatencyReport measure(List<Contender> contenders, Progress progress) {
        if (contenders.isEmpty()) {
            throw new IllegalArgumentException("nobody takes part");
        }
        List<PreparedRun> runs = new ArrayList<>();
        try {
            for (Contender contender : contenders) {
                runs.add(contender.session().prepare(contender.inputs(), contender.adapters()));
            }
            return LatencyReport.of(contenders.stream().map(Contender::name).toList(), runAll(runs, progress));
        } finally {
            runs.forEach(PreparedRun::close);
        }
    }

    /** Nanoseconds by contender and counted round. */
    private long[][] runAll(List<PreparedRun> runs, Progress progress) {
        long[][] nanoseconds = new long[runs.size()][rounds];
        progress.begin("measuring", (long) warmUpRounds + rounds);
        for (int round = -warmUpRounds; round < rounds; round++) {
            for (int turn = 0; turn < runs.size(); turn++) {
                int contender = Math.floorMod(round + turn, runs.size());
                long start = System.nanoTime();
                runs.get(contender).runUnread();
                long taken = System.nanoTime() - start;
                if (round >= 0) {
                    nanoseconds[contender][round] = taken;
                }
            }
            progress.advance(1);
        }
        progress.end();
        return nanoseconds;
    }
}
