package dev.graft.training.autodiff.rules;

import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An input of a row.
 *
 * @param kind floats, integers or truth values
 * @param values the elements
 * @param dtype the number format of integers; null for floats, which have the row's
 * @param constant whether it is an initializer
 * @param wanted whether its gradient is checked
 */
record Input(
        Kind kind, Shape shape, double[] values, @Nullable DType dtype, boolean constant, boolean wanted) {
    enum Kind {
        FLOATS,
        INTEGERS,
        NONE
    }

    /** Of both signs, from 0.3 to 1.5 away from zero. */
    static Input floats(long... dims) {
        return of(random -> (random.nextBoolean() ? 1 : -1) * (0.3 + 1.2 * random.nextDouble()), dims);
    }

    /** From 0.4 to 2. */
    static Input positive(long... dims) {
        return between(0.4, 2, dims);
    }

    static Input between(double least, double most, long... dims) {
        return of(random -> least + (most - least) * random.nextDouble(), dims);
    }

    /** No two nearer than 0.15 to each other, and none nearer than 0.07 to zero. */
    static Input distinct(long... dims) {
        Shape shape = Shape.of(dims);
        int count = (int) shape.elements();
        List<Integer> order =
                new java.util.ArrayList<>(IntStream.range(0, count).boxed().toList());
        java.util.Collections.shuffle(order, new Random(Arrays.hashCode(dims)));
        return values(
                shape,
                order.stream()
                        .mapToDouble(at -> 0.15 * (at - count / 2) + 0.075)
                        .toArray());
    }

    /** Given values. */
    static Input values(Shape shape, double... values) {
        double[] rounded = Arrays.stream(values).map(value -> (float) value).toArray();
        return new Input(Kind.FLOATS, shape, rounded, null, false, true);
    }

    /** A vector of int64. */
    static Input ints(long... values) {
        return ints(Shape.of(values.length), values);
    }

    static Input ints(Shape shape, long... values) {
        return integers(DType.INT64, shape, values);
    }

    static Input integers(DType dtype, Shape shape, long... values) {
        return new Input(
                Kind.INTEGERS, shape, Arrays.stream(values).asDoubleStream().toArray(), dtype, true, false);
    }

    /** Truth values, 0 and 1. */
    static Input truths(Shape shape, long... values) {
        return integers(DType.BOOL, shape, values).fed();
    }

    /** An input that is left out. */
    static Input none() {
        return new Input(Kind.NONE, Shape.of(), new double[0], null, false, false);
    }

    /** The same plus a number. */
    Input plus(double summand) {
        return values(shape, Arrays.stream(values).map(value -> value + summand).toArray());
    }

    /** The same, its gradient not checked. */
    Input frozen() {
        return new Input(kind, shape, values, dtype, constant, false);
    }

    /** The same as an initializer. */
    Input stored() {
        return new Input(kind, shape, values, dtype, true, false);
    }

    /** The same as a graph input, known only at run time. */
    Input fed() {
        return new Input(kind, shape, values, dtype, false, wanted);
    }

    DType dtype(DType floats) {
        return dtype == null ? floats : dtype;
    }

    HostTensor tensor(DType floats) {
        return dtype == null
                ? HostTensor.ofDoubles(floats, shape, values)
                : HostTensor.ofIntegers(
                        dtype,
                        shape,
                        Arrays.stream(values).mapToLong(value -> (long) value).toArray());
    }

    private static Input of(java.util.function.ToDoubleFunction<Random> domain, long... dims) {
        Shape shape = Shape.of(dims);
        Random random = new Random(31L * Arrays.hashCode(dims));
        return values(
                shape,
                IntStream.range(0, (int) shape.elements())
                        .mapToDouble(any -> domain.applyAsDouble(random))
                        .toArray());
    }

    @Override
    public String toString() {
        return kind == Kind.NONE ? "-" : (kind == Kind.INTEGERS ? "int" : "") + shape + (constant ? "'" : "");
    }
}
