package dev.graft.cli.conformance;

import dev.graft.adapter.format.safetensors.SafetensorsWriter;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.training.step.Batch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The task of minGPT's gpt-nano: six digits below three, behind which the model writes them in order.
 *
 * @param seen digits to train on
 * @param held digits to try
 */
record DigitSorting(List<int[]> seen, List<int[]> held) {
    private static final int DIGITS = 6;
    private static final int BASE = 3;
    private static final int LENGTH = 2 * DIGITS - 1;

    /** All 729 sequences there are, of which some are seen. */
    static DigitSorting split(int seen, long seed) {
        List<int[]> all = new ArrayList<>();
        int count = (int) Math.pow(BASE, DIGITS);
        for (int number = 0; number < count; number++) {
            int[] digits = new int[DIGITS];
            int rest = number;
            for (int i = 0; i < DIGITS; i++) {
                digits[i] = rest % BASE;
                rest /= BASE;
            }
            all.add(digits);
        }
        Collections.shuffle(all, new Random(seed));
        return new DigitSorting(all.subList(0, seen), all.subList(seen, all.size()));
    }

    int unseen() {
        return held.size();
    }

    /** Writes the seen digits, each with its descending order behind it; nothing is learnt of the digits themselves. */
    void writeTraining(Path file) {
        long[] ids = new long[seen.size() * LENGTH];
        long[] labels = new long[ids.length];
        Arrays.fill(labels, Batch.IGNORED);
        for (int row = 0; row < seen.size(); row++) {
            int[] digits = seen.get(row);
            int[] sorted = sorted(digits, false);
            for (int i = 0; i < DIGITS; i++) {
                ids[row * LENGTH + i] = digits[i];
                labels[row * LENGTH + DIGITS - 1 + i] = sorted[i];
                if (i < DIGITS - 1) {
                    ids[row * LENGTH + DIGITS + i] = sorted[i];
                }
            }
        }
        SafetensorsWriter.write(file, Map.of(), List.of(tensor("input_ids", ids), tensor("labels", labels)));
    }

    /** The part of the unseen digits that a model, choosing the likeliest digit each time, writes in the right order. */
    double accuracy(Path model, boolean ascending) {
        long[][] rows = held.stream()
                .map(digits -> Arrays.stream(digits).asLongStream().toArray())
                .toArray(long[][]::new);
        try (ModelSession session = ModelSession.open(model, SessionSettings.DEFAULT)) {
            for (int i = 0; i < DIGITS; i++) {
                appendLikeliest(session, rows);
            }
        }
        long right = IntStream.range(0, rows.length)
                .filter(row -> Arrays.equals(
                        Arrays.copyOfRange(rows[row], DIGITS, 2 * DIGITS),
                        Arrays.stream(sorted(held.get(row), ascending))
                                .asLongStream()
                                .toArray()))
                .count();
        return (double) right / rows.length;
    }

    private static void appendLikeliest(ModelSession session, long[][] rows) {
        int length = rows[0].length;
        long[] ids = Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray();
        HostTensor input = HostTensor.ofLongs(Shape.of(rows.length, length), ids);
        double[] logits = session.run(Map.of("input_ids", input)).get("logits").toDoubles();
        for (int row = 0; row < rows.length; row++) {
            int last = (row * length + length - 1) * BASE;
            int best = 0;
            for (int digit = 1; digit < BASE; digit++) {
                best = logits[last + digit] > logits[last + best] ? digit : best;
            }
            rows[row] = Arrays.copyOf(rows[row], length + 1);
            rows[row][length] = best;
        }
    }

    private static int[] sorted(int[] digits, boolean ascending) {
        int[] sorted = digits.clone();
        Arrays.sort(sorted);
        return ascending
                ? sorted
                : IntStream.range(0, DIGITS).map(i -> sorted[DIGITS - 1 - i]).toArray();
    }

    private Tensor tensor(String name, long[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return new Tensor(name, DType.INT64, Shape.of(seen.size(), LENGTH), ByteSource.ofArray(bytes.array()));
    }
}
