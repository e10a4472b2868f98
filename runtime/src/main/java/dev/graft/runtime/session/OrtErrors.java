package dev.graft.runtime.session;

import ai.onnxruntime.OrtException;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says what ONNX Runtime said, as an error of ours. */
final class OrtErrors {
    private static final Pattern PREFIX = Pattern.compile("^Error code - \\w+ - message: ");

    private OrtErrors() {}

    /** ONNX Runtime refused to load a model. */
    static GraftException notLoaded(Path file, OrtException cause) {
        return new GraftException(
                ErrorCode.RUNTIME_FAILED,
                "ONNX Runtime cannot load the model: " + reason(cause),
                Location.ofFile(file),
                "Check that the file is a complete ONNX model with its data files beside it, and that this version of ONNX Runtime "
                        + "has its operators.",
                cause);
    }

    /** ONNX Runtime failed in a run. */
    static GraftException notRun(Path file, OrtException cause) {
        return new GraftException(
                ErrorCode.RUNTIME_FAILED,
                "ONNX Runtime failed while running the model: " + reason(cause),
                Location.ofFile(file),
                "Check the inputs' shapes and values: token ids below the vocabulary's size, a sequence within the model's limit.",
                cause);
    }

    /** A type that cannot be fed from Java. */
    static GraftException notFed(DType dtype) {
        return new GraftException(
                ErrorCode.INPUTS_INVALID,
                "ONNX Runtime takes no " + dtype.displayName() + " from Java",
                Location.NONE,
                "Export the model with values of another type.");
    }

    /** ONNX Runtime made no tensor over a buffer. */
    static GraftException notHeld(DType dtype, Shape shape, OrtException cause) {
        return new GraftException(
                ErrorCode.RUNTIME_FAILED,
                "ONNX Runtime makes no tensor of " + dtype.displayName() + " " + shape + ": " + reason(cause),
                Location.NONE,
                "",
                cause);
    }

    /** ONNX Runtime refused an adapter that passed our own checks. */
    static GraftException adapterNotLoaded(@Nullable Path file, OrtException cause) {
        return new GraftException(
                ErrorCode.RUNTIME_FAILED,
                "ONNX Runtime cannot load the adapter: " + reason(cause),
                file == null ? Location.NONE : Location.ofFile(file),
                "Write the file again with graft convert.",
                cause);
    }

    /** The device is not there. */
    static GraftException noDevice(Device device, Throwable cause) {
        String message = cause instanceof OrtException ort ? reason(ort) : String.valueOf(cause.getMessage());
        return new GraftException(
                ErrorCode.DEVICE_UNAVAILABLE,
                "the device " + device.displayName() + " cannot be used: " + message,
                Location.NONE,
                device instanceof Device.Cuda
                        ? "Use ONNX Runtime's GPU build (onnxruntime_gpu; of the command line: mvn -Pcuda -DskipTests package) on a machine "
                                + "with a CUDA device and its libraries, or run on cpu."
                        : "Use a platform that ONNX Runtime has native libraries for.",
                cause);
    }

    private static String reason(OrtException cause) {
        return PREFIX.matcher(String.valueOf(cause.getMessage()))
                .replaceFirst("")
                .strip();
    }
}
