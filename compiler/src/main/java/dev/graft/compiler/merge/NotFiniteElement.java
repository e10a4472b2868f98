package dev.graft.compiler.merge;

import dev.graft.adapter.FiniteValues;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A merged element that is not finite, and whose fault that is.
 *
 * @param tensor the tensor it is in
 * @param block the block it is in
 * @param row its row in the tensor
 * @param column its column in the tensor
 */
record NotFiniteElement(TensorEdit tensor, BlockEdit block, long row, long column) {
    /** The error: the base's value, the adapter's, or a sum that is too large. */
    GraftException explain(OpenFiles files) {
        double before = before(files);
        if (!Double.isFinite(before)) {
            return ofBase(before);
        }
        return adapterTensors().stream()
                .filter(each -> FiniteValues.countOthers(each) > 0)
                .findFirst()
                .map(this::ofAdapter)
                .orElseGet(() -> overflow(before));
    }

    private double before(OpenFiles files) {
        double[] value = new double[1];
        new TensorBytes(tensor.source(), files)
                .readDoubles(tensor.tensor().dtype(), tensor.columns(), row, 1, column, 1, value);
        return value[0];
    }

    private List<Tensor> adapterTensors() {
        List<Tensor> tensors = new ArrayList<>();
        for (LowRankTerm term : block.terms()) {
            tensors.add(term.left().tensor());
            tensors.add(term.right().tensor());
            if (term.magnitude() != null) {
                tensors.add(term.magnitude());
            }
        }
        if (block.replacement() != null) {
            tensors.add(block.replacement().tensor());
        }
        block.rowPatches().forEach(patch -> tensors.add(patch.values().tensor()));
        return tensors;
    }

    private GraftException ofBase(double before) {
        return error(
                "the base's weight of " + block.module() + " is " + before + " at " + place()
                        + ": no adapter can make it a finite number",
                Location.ofTensor(
                        tensor.tensor().proto().file(), tensor.tensor().name()),
                "The base is broken there, adapter or not: export it anew, or take the file it was copied from.");
    }

    private GraftException ofAdapter(Tensor culprit) {
        return FiniteValues.error(block.module(), culprit, FiniteValues.countOthers(culprit));
    }

    private GraftException overflow(double before) {
        DType dtype = tensor.tensor().dtype();
        return error(
                "the merged weight of " + block.module() + " is beyond the range of " + dtype.displayName() + " at "
                        + place() + ", where base (" + (float) before + ") and adapter are finite",
                Location.ofTensor(
                        tensor.tensor().proto().file(), tensor.tensor().name()),
                "Give the adapter a smaller weight such as ADAPTER@0.5, "
                        + (dtype == DType.FLOAT16 ? "merge into a base in bfloat16 or float32, " : "")
                        + "and check that it was trained for this base.");
    }

    private String place() {
        return "[" + row + ", " + column + "]";
    }

    private static GraftException error(String message, Location location, String remedy) {
        return new GraftException(ErrorCode.MERGE_NOT_FINITE, message, location, remedy);
    }
}
