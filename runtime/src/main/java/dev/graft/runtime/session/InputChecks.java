package dev.graft.runtime.session;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Whether what is fed to a run is what the model takes, in words that name the input. */
final class InputChecks {
    private InputChecks() {}

    /**
     * Checks names, types and fixed dimensions.
     *
     * @throws GraftException {@code INPUTS_INVALID}
     */
    static void check(Path model, Map<String, ValueDescription> expected, Map<String, HostTensor> inputs) {
        Set<String> unknown = new TreeSet<>(inputs.keySet());
        unknown.removeAll(expected.keySet());
        Set<String> missing = new TreeSet<>(expected.keySet());
        missing.removeAll(inputs.keySet());
        if (!unknown.isEmpty() || !missing.isEmpty()) {
            throw invalid(
                    model,
                    (missing.isEmpty() ? "" : "no value for the input " + Listing.of(missing, 8))
                            + (missing.isEmpty() || unknown.isEmpty() ? "" : "; ")
                            + (unknown.isEmpty() ? "" : "the model has no input " + Listing.of(unknown, 8)),
                    "Feed exactly: "
                            + expected.values().stream().map(Object::toString).collect(Collectors.joining("; "))
                            + ". Initializers that an adapter can override are set by an adapter only.");
        }
        for (ValueDescription input : expected.values()) {
            HostTensor tensor = inputs.get(input.name());
            if (tensor != null) {
                checkOne(model, input, tensor);
            }
        }
    }

    private static void checkOne(Path model, ValueDescription expected, HostTensor tensor) {
        if (expected.dtype() != tensor.dtype() || !shapeFits(expected.dims(), tensor)) {
            throw invalid(
                    model,
                    "expected " + expected + ", got " + tensor,
                    "Feed this input in the type and shape that the model takes.");
        }
        if (OrtTensors.feedType(tensor.dtype()).isEmpty()) {
            throw invalid(
                    model,
                    "the input '" + expected.name() + "' is " + tensor.dtype().displayName()
                            + ", which ONNX Runtime does not take from Java",
                    "Export the model with an input of another type.");
        }
    }

    private static boolean shapeFits(List<Dimension> dims, HostTensor tensor) {
        // no dimensions: a scalar, or a rank that the model does not give
        if (dims.isEmpty()) {
            return true;
        }
        boolean fits = dims.size() == tensor.shape().rank();
        for (int axis = 0; fits && axis < dims.size(); axis++) {
            fits = !(dims.get(axis) instanceof Dimension.Fixed fixed)
                    || fixed.length() == tensor.shape().dim(axis);
        }
        return fits;
    }

    private static GraftException invalid(Path model, String message, String remedy) {
        return new GraftException(ErrorCode.INPUTS_INVALID, message, Location.ofFile(model), remedy);
    }
}
