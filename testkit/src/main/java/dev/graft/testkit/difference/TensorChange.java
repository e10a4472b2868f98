package dev.graft.testkit.difference;

import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.List;
import java.util.Locale;

/**
 * A stored tensor whose values differ between two models of the same architecture.
 *
 * @param tensor its name in {@link StoredTensors}
 * @param modules the module paths under which it is known, the surest first; empty where no name leads to it
 * @param dtype its number format
 * @param shape its shape
 * @param changed how many elements differ
 * @param largest the largest absolute difference; NaN for types that are no floating-point numbers
 */
public record TensorChange(
        String tensor, List<String> modules, DType dtype, Shape shape, long changed, double largest) {
    public TensorChange {
        modules = List.copyOf(modules);
    }

    /** The change in one line. */
    public String describe() {
        String module = modules.isEmpty() || modules.get(0).equals(tensor) ? "" : " of " + modules.get(0);
        String by = Double.isNaN(largest) ? "" : String.format(Locale.ROOT, ", by at most %.3g", largest);
        return "'" + tensor + "'" + module + ", " + dtype.displayName() + " " + shape + ": " + changed + " of "
                + shape.elements() + " elements" + by;
    }
}
