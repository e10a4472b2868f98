package dev.graft.runtime.inputs;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Samples that a model was seen to run.
 *
 * <p>A description does not say everything: a model may be limited to eleven tokens, or to one row. So each size is tried first, and those that the
 * model refuses are left out; if it refuses all, the first refusal is the error.
 */
public final class RunnableSamples {
    private static final SampleSize SMALL = new SampleSize(1, 4);

    private RunnableSamples() {}

    /**
     * So many samples, of the sizes that the model runs in turn.
     *
     * @throws GraftException {@code INPUTS_INVALID} if no sample can be made, {@code RUNTIME_FAILED} if the model runs none
     */
    public static List<Map<String, HostTensor>> find(ModelSession model, InputHints hints, int count, long seed) {
        SampleInputs samples = SampleInputs.of(model.inputs(), hints);
        List<SampleSize> sizes = runnableSizes(model, samples, seed);
        List<Map<String, HostTensor>> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            found.add(samples.make(sizes.get(i % sizes.size()), seed + i));
        }
        return found;
    }

    private static List<SampleSize> runnableSizes(ModelSession model, SampleInputs samples, long seed) {
        List<SampleSize> sizes = new ArrayList<>();
        GraftException refusal = null;
        for (SampleSize size : SampleSize.VARIED) {
            GraftException error = refusal(model, samples.make(size, seed));
            if (error == null) {
                sizes.add(size);
            } else if (refusal == null) {
                refusal = error;
            }
        }
        if (sizes.isEmpty() && refusal != null) {
            if (refusal(model, samples.make(SMALL, seed)) != null) {
                throw refusal;
            }
            sizes.add(SMALL);
        }
        return sizes;
    }

    private static @Nullable GraftException refusal(ModelSession model, Map<String, HostTensor> sample) {
        try {
            model.run(sample);
            return null;
        } catch (GraftException e) {
            if (e.code() != ErrorCode.RUNTIME_FAILED) {
                throw e;
            }
            return e;
        }
    }
}
