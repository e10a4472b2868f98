package dev.graft.training.precision;

import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.runtime.session.Device;
import dev.graft.tensor.DType;
import dev.graft.training.types.GraphTypes;

/**
 * The number format that a training graph computes its products in, and where it runs.
 *
 * @param format float32, float16 or bfloat16
 * @param device what runs the graph
 */
public record Activations(DType format, Device device) {
    /** Everything in float32. */
    public static final Activations FLOAT32 = new Activations(DType.FLOAT32, Device.cpu());

    public Activations {
        if (format != DType.FLOAT32 && !isHalf(format)) {
            throw new IllegalArgumentException("activations cannot be " + format.displayName());
        }
    }

    /** Whether a format has 16 bits. */
    static boolean isHalf(DType format) {
        return format == DType.FLOAT16 || format == DType.BFLOAT16;
    }

    /** Whether gradients may underflow, so that the loss is scaled before them. */
    public boolean needsLossScale() {
        return format == DType.FLOAT16;
    }

    /**
     * Brings a forward graph of float32 into the format.
     *
     * @param types the types of its values; afterwards those of the new ones too
     * @param trained the input that has what is trained
     */
    public void lower(OnnxModel model, GraphTypes types, Value trained) {
        if (isHalf(format)) {
            new MixedPrecision(model, types, format, trained).apply();
        }
    }

    /** Makes a finished graph one that the device has kernels for. */
    public void fit(OnnxModel model) {
        if (isHalf(format)) {
            new KernelCasts(model, Kernels.of(device)).apply();
        }
    }
}
