package dev.graft.training.run;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.training.step.Batch;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** Tells a lack of memory from other failures, and finds out by trial how many rows of the batch would have fitted. */
final class MemoryGuard {
    // ONNX Runtime's arena on CPU and CUDA, the C++ runtime, cuBLAS
    private static final Pattern NO_MEMORY = Pattern.compile(
            "failed to allocate|allocation failed|bad_alloc|bad allocation|out of memory|smaller than requested bytes"
                    + "|memoryallocation|alloc_failed",
            Pattern.CASE_INSENSITIVE);

    private final String place;
    private final boolean training;

    private MemoryGuard(String place, boolean training) {
        this.place = place;
        this.training = training;
    }

    /** That of a step of training, from 1. */
    static MemoryGuard ofStep(long step) {
        return new MemoryGuard("step " + step, true);
    }

    /** That of an evaluation. */
    static MemoryGuard ofEvaluation() {
        return new MemoryGuard("an evaluation", false);
    }

    /**
     * Does something with a batch.
     *
     * @param work what to do
     * @param trial the same with fewer rows and without an effect, to see whether it fits
     * @throws GraftException {@code OUT_OF_MEMORY}, and what {@code work} throws otherwise
     */
    <T> T call(Batch batch, Function<Batch, T> work, Consumer<Batch> trial) {
        try {
            return work.apply(batch);
        } catch (GraftException | OutOfMemoryError e) {
            if (isLackOfMemory(e)) {
                throw outOfMemory(batch, mostThatFit(batch, trial), e);
            }
            throw e;
        }
    }

    static boolean isLackOfMemory(Throwable failure) {
        if (failure instanceof GraftException graft) {
            return graft.code() == ErrorCode.RUNTIME_FAILED
                    && NO_MEMORY.matcher(String.valueOf(graft.getMessage())).find();
        }
        return failure instanceof OutOfMemoryError;
    }

    /** The largest number of the batch's first rows that fits; 0 if one row does not. */
    private static long mostThatFit(Batch batch, Consumer<Batch> trial) {
        long tooMany = BatchRows.count(batch);
        long fits = 0;
        while (tooMany - fits > 1) {
            long rows = fits + (tooMany - fits) / 2;
            if (fits(BatchRows.first(batch, rows), trial)) {
                fits = rows;
            } else {
                tooMany = rows;
            }
        }
        return fits;
    }

    private static boolean fits(Batch batch, Consumer<Batch> trial) {
        try {
            trial.accept(batch);
            return true;
        } catch (GraftException | OutOfMemoryError e) {
            if (isLackOfMemory(e)) {
                return false;
            }
            throw e;
        }
    }

    private GraftException outOfMemory(Batch batch, long fits, Throwable cause) {
        long rows = BatchRows.count(batch);
        String message = place + " ran out of memory on a batch of " + rows + (rows == 1 ? " row" : " rows") + " ("
                + BatchRows.describe(batch) + "): " + cause.getMessage();
        String remedy = fits == 0 ? remedyForOneRow(rows) : training ? remedy(rows, fits) : remedyInEvaluation(fits);
        return new GraftException(ErrorCode.OUT_OF_MEMORY, message, Location.NONE, remedy, cause);
    }

    private static String remedyForOneRow(long rows) {
        return (rows > 1 ? "Not even one row fitted when it was tried: use" : "Use")
                + " shorter rows (cutoff_len), fewer threads, a smaller rank or fewer targets, or a machine with more memory.";
    }

    private static String remedyInEvaluation(long fits) {
        return fitted(fits) + "set per_device_eval_batch_size to " + fits
                + ", which changes no result. Longer rows may come and need more.";
    }

    private static String remedy(long rows, long fits) {
        long times = parts(rows, fits);
        long size = (rows + times - 1) / times;
        return fitted(fits) + "set per_device_train_batch_size to " + size + " and gradient_accumulation_steps to "
                + times
                + " times what it is, which gives updates of "
                + (size * times == rows ? "the same rows" : "about as many rows")
                + ". Longer rows may come and need more; on a processor, fewer threads need less.";
    }

    /** As few as need be, or up to twice as many where the rows can then be shared out evenly. */
    private static long parts(long rows, long fits) {
        // a trial at the very edge once fitted in the process that had run out of memory, and not in the next
        long safe = fits - fits / 10;
        long least = (rows + safe - 1) / safe;
        return LongStream.rangeClosed(least, 2 * least)
                .filter(parts -> rows % parts == 0)
                .findFirst()
                .orElse(least);
    }

    private static String fitted(long fits) {
        return fits + (fits == 1 ? " row" : " rows") + " fitted when fewer were tried: ";
    }
}
