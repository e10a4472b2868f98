package dev.graft.runtime.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;

/** Devices as ONNX Runtime's session options name them. */
public final class OrtDevices {
    private OrtDevices() {}

    /**
     * Lets sessions with these options run on a device.
     *
     * @throws dev.graft.error.GraftException {@code DEVICE_UNAVAILABLE}
     */
    public static void use(SessionOptions options, Device device) {
        if (!(device instanceof Device.Cuda cuda)) {
            return;
        }
        try (OrtCUDAProviderOptions provider = new OrtCUDAProviderOptions(cuda.index())) {
            provider.add("use_tf32", cuda.tensorFloat32() ? "1" : "0");
            options.addCUDA(provider);
        } catch (OrtException e) {
            throw OrtErrors.noDevice(device, e);
        }
    }
}
