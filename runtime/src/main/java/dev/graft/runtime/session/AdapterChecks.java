package dev.graft.runtime.session;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether an adapter fits a model, before ONNX Runtime sees either.
 *
 * <p>ONNX Runtime appends an adapter's tensors to the inputs of a run by name. So it lets an adapter replace a real input, fails a whole run for one
 * tensor too many, and meets a lone A at a MatMul. Here all of that is refused when the adapter is loaded.
 */
final class AdapterChecks {
    private static final String A = "lora_A";
    private static final String B = "lora_B";

    private final @Nullable Path adapter;
    private final Path model;
    private final Map<String, OverridableInput> overridable;
    private final Map<String, AdapterParameter> parameters = new HashMap<>();

    private AdapterChecks(@Nullable Path adapter, Path model, Map<String, OverridableInput> overridable) {
        this.adapter = adapter;
        this.model = model;
        this.overridable = overridable;
    }

    /**
     * Checks every parameter.
     *
     * @throws GraftException {@code TARGET_NOT_FOUND}, {@code TARGET_SHAPE_MISMATCH} or {@code ADAPTER_TENSORS_INVALID}
     */
    static void check(
            @Nullable Path adapter,
            List<AdapterParameter> parameters,
            Path model,
            Map<String, OverridableInput> overridable,
            Collection<String> required) {
        AdapterChecks checks = new AdapterChecks(adapter, model, overridable);
        for (AdapterParameter parameter : parameters) {
            checks.parameters.put(parameter.name(), parameter);
        }
        for (AdapterParameter parameter : parameters) {
            OverridableInput input = overridable.get(parameter.name());
            if (input == null) {
                throw checks.noPlace(parameter.name(), required);
            }
            checks.checkType(parameter, input.value());
            checks.checkShape(parameter, input.value());
            checks.checkPair(parameter);
        }
    }

    private GraftException noPlace(String name, Collection<String> required) {
        if (required.contains(name)) {
            return notFound(
                    name,
                    "the adapter holds a tensor of the name of an input that every run must feed; it would silently replace what is fed",
                    "Feed this tensor as an input, or attach with --style input, which gives each factor a default.");
        }
        String known = overridable.isEmpty()
                ? "the model has no overridable inputs"
                : "the model's overridable inputs are " + Listing.of(overridable.keySet(), 6);
        return notFound(
                name,
                "the adapter holds a tensor that the model has no place for; " + known,
                "Use a model made by graft attach --style input for the adapter's targets, with the same kind of names "
                        + "(--names olive or genai).");
    }

    private void checkType(AdapterParameter parameter, ValueDescription input) {
        DType expected = input.dtype();
        if (parameter.dtype() != expected) {
            throw invalid(
                    parameter.name(),
                    "expected " + (expected == null ? "another kind of value" : expected.displayName())
                            + ", which the model computes in, got "
                            + parameter.dtype().displayName(),
                    expected != null && expected.isFloat()
                            ? "Convert it with graft convert --dtype " + expected.displayName()
                                    + "; ONNX Runtime casts nothing."
                            : "Use a model made by graft attach --style input.");
        }
    }

    private void checkShape(AdapterParameter parameter, ValueDescription input) {
        List<Dimension> dims = input.dims();
        boolean fits = dims.size() == parameter.shape().rank();
        for (int axis = 0; fits && axis < dims.size(); axis++) {
            fits = !(dims.get(axis) instanceof Dimension.Fixed fixed)
                    || fixed.length() == parameter.shape().dim(axis);
        }
        if (!fits) {
            throw new GraftException(
                    ErrorCode.TARGET_SHAPE_MISMATCH,
                    "expected shape " + dims + ", got " + parameter.shape(),
                    Location.ofTensor(adapter, parameter.name()),
                    "Use an adapter that was trained for this model; a model whose rank is a number takes adapters of that rank only.");
        }
    }

    /** A and B of one module come together and agree on the rank; the other of a lone one keeps its default, of rank 0. */
    private void checkPair(AdapterParameter parameter) {
        Optional<String> partner = partner(parameter.name());
        if (partner.isEmpty() || !overridable.containsKey(partner.get())) {
            return;
        }
        AdapterParameter other = parameters.get(partner.get());
        if (other == null) {
            throw invalid(
                    parameter.name(),
                    "the adapter holds this factor without its other half '" + partner.get() + "'",
                    "Write the adapter again with both factors of each target.");
        }
        if (parameter.name().contains(A) && rank(parameter, 1) != rank(other, 0)) {
            throw invalid(
                    parameter.name(),
                    "A is " + parameter.shape() + " and B is " + other.shape() + ": their ranks differ",
                    "Write the adapter again: A is [in, rank], B is [rank, out].");
        }
    }

    private static long rank(AdapterParameter parameter, int axis) {
        return parameter.shape().rank() == 2 ? parameter.shape().dim(axis) : -1;
    }

    private static Optional<String> partner(String name) {
        if (name.contains(A)) {
            return Optional.of(name.replace(A, B));
        }
        return name.contains(B) ? Optional.of(name.replace(B, A)) : Optional.empty();
    }

    private GraftException notFound(String tensor, String message, String remedy) {
        return new GraftException(
                ErrorCode.TARGET_NOT_FOUND,
                message + " (model: " + model.getFileName() + ")",
                Location.ofTensor(adapter, tensor),
                remedy);
    }

    private GraftException invalid(String tensor, String message, String remedy) {
        return new GraftException(
                ErrorCode.ADAPTER_TENSORS_INVALID, message, Location.ofTensor(adapter, tensor), remedy);
    }
}
