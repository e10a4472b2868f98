package dev.graft.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** The dimensions of a tensor, outermost first; none of them negative; a scalar has none. */
public final class Shape {
    private final long[] dims;
    private final long elements;

    private Shape(long[] dims) {
        long product = 1;
        for (long dim : dims) {
            if (dim < 0) {
                throw new IllegalArgumentException("negative dimension " + dim);
            }
            product = Math.multiplyExact(product, dim);
        }
        this.dims = dims;
        this.elements = product;
    }

    /**
     * A shape.
     *
     * @throws IllegalArgumentException if a dimension is negative
     * @throws ArithmeticException if the number of elements does not fit into a long
     */
    public static Shape of(long... dims) {
        return new Shape(dims.clone());
    }

    /** The number of dimensions. */
    public int rank() {
        return dims.length;
    }

    /** Dimension {@code axis}; a negative axis counts from the end. */
    public long dim(int axis) {
        return dims[axis < 0 ? dims.length + axis : axis];
    }

    /** The number of elements; 1 for a scalar. */
    public long elements() {
        return elements;
    }

    /** A copy of the dimensions. */
    public long[] toArray() {
        return dims.clone();
    }

    /** Whether this is a square matrix, whose orientation no shape can tell. */
    public boolean isSquareMatrix() {
        return dims.length == 2 && dims[0] == dims[1];
    }

    /** The shape with its dimensions in reverse order. */
    public Shape reversed() {
        return new Shape(LongStream.range(0, dims.length)
                .map(axis -> dims[(int) (dims.length - 1 - axis)])
                .toArray());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** As {@code [2, 3]}. */
    @Override
    public String toString() {
        return LongStream.of(dims).mapToObj(Long::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
