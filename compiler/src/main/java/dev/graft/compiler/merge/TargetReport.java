package dev.graft.compiler.merge;

import dev.graft.compiler.scan.ByteRegion;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.List;

/**
 * What a merge did to one block of one tensor.
 *
 * @param module the module's path
 * @param tensor the stored tensor's name
 * @param dtype the number format it is rounded to
 * @param shape the stored tensor's shape
 * @param rank the rank, or the sum of ranks of several adapters; 0 for a replacement
 * @param scaling the scaling used, with the adapter's weight; NaN for a replacement or for several adapters
 * @param normOfWeight the Frobenius norm of the block before
 * @param normOfDelta the Frobenius norm of the exact change
 * @param elements the block's elements
 * @param changed elements whose bytes changed
 * @param lost elements whose exact change is not zero and whose bytes did not change: lost to rounding
 * @param regions the file regions that the stored tensor takes
 */
public record TargetReport(
        String module,
        String tensor,
        DType dtype,
        Shape shape,
        long rank,
        double scaling,
        double normOfWeight,
        double normOfDelta,
        long elements,
        long changed,
        long lost,
        List<ByteRegion> regions) {}
