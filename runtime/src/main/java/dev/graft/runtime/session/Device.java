package dev.graft.runtime.session;

/** Where a model runs; the caller chooses, nothing falls back silently. */
public sealed interface Device {
    /** The processor. */
    static Device cpu() {
        return new Cpu();
    }

    /** A CUDA device, computing float32 products in full float32. */
    static Device cuda(int index) {
        return new Cuda(index, false);
    }

    /** The device in a word or two, for reports. */
    String displayName();

    /** The processor. */
    record Cpu() implements Device {
        @Override
        public String displayName() {
            return "cpu";
        }
    }

    /**
     * A CUDA device; needs ONNX Runtime's GPU build.
     *
     * @param index which one, from 0
     * @param tensorFloat32 whether float32 products may drop to TF32's 10 mantissa bits, which is faster and makes a comparison
     *     against float64 as coarse as float16's
     */
    record Cuda(int index, boolean tensorFloat32) implements Device {
        public Cuda {
            if (index < 0) {
                throw new IllegalArgumentException("negative device index " + index);
            }
        }

        @Override
        public String displayName() {
            return "cuda:" + index;
        }
    }
}
