package dev.graft.training.run;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.training.step.Batch;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Tells a lack of memory from other failures, and finds out how many rows of the batch would have fitted. */
final class MemoryGuard {
    // ONNX Runtime's arena on CPU and CUDA, the C++ runtime, cuBLAS
    private static final Pattern NO_MEMORY = Pattern.compile(
            "failed to allocate|allocation failed|bad_alloc|bad allocation|out of memory|smaller than requested bytes"
                    + "|memoryallocation|alloc_failed",
            Pattern.CASE_INSENSITIVE);

    private MemoryGuard() {}

    /**
     * Does something with a batch.
     *
     * @param step what a person calls this step
     * @param work what to do
     * @param trial the same with fewer rows and without an effect, to see whether it fits
     * @throws GraftException {@code OUT_OF_MEMORY}, and what {@code work} throws otherwise
     */
    static <T> T call(String step, Batch batch, Function<Batch, T> work, Consumer<Batch> trial) {
        try {
            return work.apply(batch);
        } catch (GraftException | OutOfMemoryError e) {
            if (isLackOfMemory(e)) {
                throw outOfMemory(step, batch, largestThatFits(batch, trial), e);
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

    /** The number of rows, halved until it fits; 0 if one row does not. */
    private static long largestThatFits(Batch batch, Consumer<Batch> trial) {
        for (long rows = BatchRows.count(batch) / 2; rows > 0; rows /= 2) {
            try {
                trial.accept(BatchRows.first(batch, rows));
                return rows;
            } catch (GraftException | OutOfMemoryError e) {
                if (!isLackOfMemory(e)) {
                    throw e;
                }
            }
        }
        return 0;
    }

    private static GraftException outOfMemory(String step, Batch batch, long fits, Throwable cause) {
        long rows = BatchRows.count(batch);
        String message = step + " ran out of memory on a batch of " + rows + (rows == 1 ? " row" : " rows") + " ("
                + BatchRows.describe(batch) + "): " + cause.getMessage();
        return new GraftException(ErrorCode.OUT_OF_MEMORY, message, Location.NONE, remedy(rows, fits), cause);
    }

    private static String remedy(long rows, long fits) {
        if (fits == 0) {
            return (rows > 1 ? "Not even one row fitted when it was tried: use" : "Use")
                    + " shorter rows (cutoff_len), a smaller rank or fewer targets, or a machine with more memory.";
        }
        long times = (rows + fits - 1) / fits;
        return fits + (fits == 1 ? " row" : " rows")
                + " fitted when it was tried with half as many again and again: set the batch size to "
                + fits + " and gradient_accumulation_steps to " + times
                + " times what it is, which gives the same updates. Longer rows may come and need more.";
    }
}
