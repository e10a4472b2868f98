package dev.graft.training.types;

import dev.graft.compiler.ir.TensorData;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The elements that come out of operators that make, cut and join short lists. */
final class ListRules {
    static final List<Rule> RULES = List.of(
            new Rule("Constant", ListRules::constant),
            new Rule("Shape", ListRules::shape),
            new Rule("Size", ListRules::size),
            new Rule("Gather", ListRules::gather),
            new Rule("Concat", ListRules::concat),
            new Rule("Unsqueeze", n -> n.give(0, new KnownIntegers(n.integers(0).rank() + 1, elements(n)))),
            new Rule("Squeeze", n -> n.give(0, new KnownIntegers(0, elements(n)))),
            new Rule("Reshape", n -> n.give(0, new KnownIntegers(n.integers(1).size(), elements(n)))),
            new Rule("Slice", ListRules::slice),
            new Rule("Split", ListRules::split),
            new Rule("ConstantOfShape", ListRules::constantOfShape),
            new Rule("Range", ListRules::range),
            new Rule("Expand", ListRules::expand),
            new Rule("Tile", ListRules::tile),
            new Rule("ReduceProd", n -> reduce(n, Length::times)),
            new Rule("ReduceSum", n -> reduce(n, Length::plus)),
            new Rule("ReduceMax", n -> reduce(n, LengthFormulas::max)),
            new Rule("ReduceMin", n -> reduce(n, LengthFormulas::min)));

    private ListRules() {}

    private static List<@Nullable Length> elements(NodeFacts n) {
        return n.integers(0).elements();
    }

    /** One that is written as a number or a list; tensors are read as initializers are. */
    private static void constant(NodeFacts n) {
        if (n.hasAttribute("value_int")) {
            n.give(0, List.of());
            n.give(0, KnownIntegers.scalar(Length.of(n.number("value_int", 0))));
        }
        n.node().intsAttribute("value_ints").ifPresent(list -> {
            n.give(0, List.of(Length.of(list.size())));
            n.give(0, KnownIntegers.of(1, list.size(), i -> Length.of(list.get(i))));
        });
    }

    private static void shape(NodeFacts n) {
        List<Length> dims = n.dims(0);
        int start = clamp(n.number("start", 0), dims.size());
        int end = clamp(n.number("end", dims.size()), dims.size());
        n.give(0, KnownIntegers.list(dims.subList(start, Math.max(start, end))));
    }

    private static int clamp(long index, int length) {
        return (int) Math.max(0, Math.min(length, index < 0 ? index + length : index));
    }

    private static void size(NodeFacts n) {
        n.give(0, KnownIntegers.scalar(product(n.dims(0))));
    }

    static Length product(List<Length> lengths) {
        Length product = Length.ONE;
        for (Length length : lengths) {
            product = product.times(length);
        }
        return product;
    }

    private static void gather(NodeFacts n) {
        KnownIntegers list = list(n);
        KnownIntegers indices = n.integers(1);
        n.give(
                0,
                KnownIntegers.of(
                        indices.rank(),
                        indices.size(),
                        i -> list.elementOrNull(NodeFacts.axis(indices.numberAt(i), list.size()))));
    }

    private static KnownIntegers list(NodeFacts n) {
        KnownIntegers list = n.integers(0);
        if (list.rank() != 1) {
            throw new NotKnown();
        }
        return list;
    }

    private static void concat(NodeFacts n) {
        List<@Nullable Length> joined = new ArrayList<>();
        for (int i = 0; i < n.node().inputs().size(); i++) {
            if (n.integers(i).rank() != 1) {
                throw new NotKnown();
            }
            joined.addAll(n.integers(i).elements());
        }
        n.give(0, KnownIntegers.list(joined));
    }

    private static void slice(NodeFacts n) {
        KnownIntegers list = list(n);
        long start = only(n.numbers(1, "starts").orElseThrow(NotKnown::new));
        long end = only(n.numbers(2, "ends").orElseThrow(NotKnown::new));
        long step = only(n.numbers(4, "steps").orElse(new long[] {1}));
        int size = list.size();
        // counting down, "from before the first" means something else to numpy than to ONNX
        if (step == 0 || step < 0 && start < -size) {
            throw new NotKnown();
        }
        long from = step > 0 ? clamp(start, size) : Math.min(size - 1L, start < 0 ? start + size : start);
        long to = step > 0 ? clamp(end, size) : Math.max(-1, Math.min(end < 0 ? end + size : end, size));
        long stride = Math.max(-size - 1L, Math.min(step, size + 1L));
        List<@Nullable Length> taken = new ArrayList<>();
        for (long i = from; stride > 0 ? i < to : i > to; i += stride) {
            taken.add(list.elements().get((int) i));
        }
        n.give(0, KnownIntegers.list(taken));
    }

    private static long only(long[] numbers) {
        if (numbers.length != 1) {
            throw new NotKnown();
        }
        return numbers[0];
    }

    private static void split(NodeFacts n) {
        KnownIntegers list = list(n);
        int parts = n.outputs();
        long each = (list.size() + parts - 1L) / parts;
        long[] lengths = n.numbers(1, "split")
                .orElseGet(() -> LongStream.range(0, parts)
                        .map(i -> Math.min(each, Math.max(0, list.size() - i * each)))
                        .toArray());
        if (lengths.length != parts || LongStream.of(lengths).anyMatch(length -> length < 0)) {
            throw new NotKnown();
        }
        int from = 0;
        for (int part = 0; part < parts && from + lengths[part] <= list.size(); part++) {
            int to = from + (int) lengths[part];
            n.give(part, KnownIntegers.list(list.elements().subList(from, to)));
            from = to;
        }
    }

    private static void constantOfShape(NodeFacts n) {
        KnownIntegers shape = n.integers(0);
        Length filled = n.node().tensorAttribute("value").map(ListRules::fill).orElse(Length.ZERO);
        long count = product(shape).number().orElseThrow(NotKnown::new);
        n.give(0, KnownIntegers.of(shape.size(), count, i -> filled));
    }

    private static Length product(KnownIntegers lengths) {
        Length product = Length.ONE;
        for (int i = 0; i < lengths.size(); i++) {
            product = product.times(lengths.at(i));
        }
        return product;
    }

    private static Length fill(TensorData data) {
        if (data.shape().elements() != 1 || data.dtype() != DType.INT64 && data.dtype() != DType.INT32) {
            throw new NotKnown();
        }
        return Length.of(HostTensor.of(data.tensor("value")).toLongs()[0]);
    }

    private static void range(NodeFacts n) {
        Length start = n.integers(0).at(0);
        Length delta = n.integers(2).at(0);
        long step = n.integers(2).numberAt(0);
        long span = n.integers(1).at(0).minus(start).number().orElseThrow(NotKnown::new);
        if (step == 0 || Math.abs(span) > 1L << 40) {
            throw new NotKnown();
        }
        long count = Math.max(0, -Math.floorDiv(-span, step));
        n.give(0, KnownIntegers.of(1, count, i -> start.plus(delta.times(i))));
    }

    private static void expand(NodeFacts n) {
        KnownIntegers x = n.integers(0);
        KnownIntegers shape = n.integers(1);
        if (shape.size() == 0) {
            n.give(0, x);
            return;
        }
        long count = shape.numberAt(0) == 1 ? x.size() : shape.numberAt(0);
        n.give(0, KnownIntegers.of(shape.size(), count, x::elementOrNull));
    }

    private static void tile(NodeFacts n) {
        KnownIntegers list = list(n);
        long times = n.integers(1).numberAt(0);
        if (times < 0 || times > KnownIntegers.MOST_ELEMENTS) {
            throw new NotKnown();
        }
        n.give(0, KnownIntegers.of(1, list.size() * times, i -> list.elementOrNull(i % list.size())));
    }

    private static void reduce(NodeFacts n, BinaryOperator<Length> operator) {
        KnownIntegers x = n.integers(0);
        long[] axes = n.numbers(1, "axes").orElse(new long[0]);
        boolean nothing = axes.length == 0 && n.number("noop_with_empty_axes", 0) != 0;
        if (nothing || x.rank() == 0) {
            n.give(0, x);
            return;
        }
        Length result = x.at(0);
        for (int i = 1; i < x.size(); i++) {
            result = operator.apply(result, x.at(i));
        }
        n.give(0, n.number("keepdims", 1) == 0 ? KnownIntegers.scalar(result) : KnownIntegers.list(List.of(result)));
    }
}
