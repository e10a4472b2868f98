package dev.graft.adapter;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.Tensor;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Finds values that are NaN or infinite, which a training run that diverged leaves behind. */
public final class FiniteValues {
    private static final int WINDOW = 1 << 14;

    /** What a person can do about an adapter with such values. */
    public static final String REMEDY =
            "The training run diverged: take an earlier checkpoint, or train again with a lower learning rate.";

    private FiniteValues() {}

    /**
     * Reads all values of an adapter.
     *
     * @throws GraftException {@code MERGE_NOT_FINITE} for the first tensor that holds something else than finite numbers
     */
    public static void require(Adapter adapter) {
        // matrices that all modules share are read once
        Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (ModuleChange change : adapter.changes()) {
            for (Tensor tensor : change.tensors()) {
                if (seen.add(tensor)) {
                    require(change.module(), tensor);
                }
            }
        }
    }

    /** How many values of a tensor are NaN or infinite; none in one of integers. */
    public static long countOthers(Tensor tensor) {
        long count = 0;
        double[] window = new double[(int) Math.min(WINDOW, tensor.shape().elements())];
        for (long first = 0; tensor.dtype().isFloat() && first < tensor.shape().elements(); first += WINDOW) {
            int length = (int) Math.min(WINDOW, tensor.shape().elements() - first);
            tensor.readDoubles(first, window, 0, length);
            for (int i = 0; i < length; i++) {
                count += Double.isFinite(window[i]) ? 0 : 1;
            }
        }
        return count;
    }

    private static void require(String module, Tensor tensor) {
        long others = countOthers(tensor);
        if (others > 0) {
            throw error(module, tensor, others);
        }
    }

    /** What is wrong with an adapter whose tensor holds so many of them. */
    public static GraftException error(String module, Tensor tensor, long others) {
        return new GraftException(
                ErrorCode.MERGE_NOT_FINITE,
                "expected finite numbers in the adapter's change of " + module + ", got " + others + " of "
                        + tensor.shape().elements() + " values of '" + tensor.name() + "' that are NaN or infinite",
                Location.ofTensor(tensor.file(), tensor.name()),
                REMEDY);
    }
}
