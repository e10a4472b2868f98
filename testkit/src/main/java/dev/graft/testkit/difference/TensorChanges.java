package dev.graft.testkit.difference;

import dev.graft.compiler.resolve.Site;
import dev.graft.compiler.resolve.SiteFinder;
import dev.graft.compiler.resolve.SiteName;
import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.tensor.DType;
import dev.graft.tensor.FloatFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the tensors whose values differ between two models of the same architecture, window by window. */
public final class TensorChanges {
    private static final int WINDOW_ELEMENTS = 1 << 16;

    private TensorChanges() {}

    /**
     * The changed tensors in the order of the file; those that only one of the models has, or in another type or shape, are left to {@link
     * ArchitectureDifferences}.
     *
     * @throws dev.graft.error.GraftException {@code IO_FAILED}
     */
    public static List<TensorChange> between(ModelIndex expected, ModelIndex actual) {
        Map<String, TensorIndex> others = StoredTensors.of(actual);
        Map<TensorIndex, Set<String>> modules = modules(expected);
        List<TensorChange> changes = new ArrayList<>();
        StoredTensors.of(expected).forEach((name, tensor) -> {
            TensorIndex other = others.get(name);
            if (other != null
                    && other.dtype() == tensor.dtype()
                    && other.shape().equals(tensor.shape())) {
                Difference difference = compare(tensor, other);
                if (difference.changed > 0) {
                    changes.add(new TensorChange(
                            name,
                            List.copyOf(modules.getOrDefault(tensor, Set.of())),
                            tensor.dtype(),
                            tensor.shape(),
                            difference.changed,
                            tensor.dtype().isFloat() ? difference.largest : Double.NaN));
                }
            }
        });
        return changes;
    }

    /** The module paths that lead to each tensor, the strongest rule first. */
    public static Map<TensorIndex, Set<String>> modules(ModelIndex model) {
        Map<TensorIndex, Set<String>> modules = new HashMap<>();
        for (Site site : SiteFinder.sites(model)) {
            List<String> names = site.names().stream()
                    .sorted(Comparator.comparing(SiteName::rule))
                    .map(SiteName::module)
                    .toList();
            modules.computeIfAbsent(site.weight().tensor(), tensor -> new LinkedHashSet<>())
                    .addAll(names);
            site.bias()
                    .ifPresent(bias -> modules.computeIfAbsent(bias.view().tensor(), tensor -> new LinkedHashSet<>())
                            .addAll(names));
        }
        return modules;
    }

    private static Difference compare(TensorIndex expected, TensorIndex actual) {
        Difference difference = new Difference();
        List<ByteRegion> left = expected.runs();
        List<ByteRegion> right = actual.runs();
        if (left.size() != 1
                || right.size() != 1
                || left.get(0).length() != right.get(0).length()) {
            difference.addWhole(expected, actual);
            return difference;
        }
        int width = Math.max(1, expected.dtype().bits() / 8);
        long elements = left.get(0).length() / width;
        for (long first = 0; first < elements; first += WINDOW_ELEMENTS) {
            int count = (int) Math.min(WINDOW_ELEMENTS, elements - first);
            difference.add(
                    expected.dtype(),
                    width,
                    read(left.get(0), first * width, count * width),
                    read(right.get(0), first * width, count * width));
        }
        return difference;
    }

    private static ByteBuffer read(ByteRegion region, long offset, int length) {
        ByteBuffer window = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        region.bytes().read(offset, window);
        return window.flip();
    }

    private static final class Difference {
        private long changed;
        private double largest;

        void add(DType dtype, int width, ByteBuffer left, ByteBuffer right) {
            if (left.equals(right)) {
                return;
            }
            int count = left.remaining() / width;
            for (int i = 0; i < count; i++) {
                if (!left.slice(i * width, width).equals(right.slice(i * width, width))) {
                    changed++;
                }
            }
            if (dtype.isFloat()) {
                addLargest(dtype, count, left, right);
            }
        }

        private void addLargest(DType dtype, int count, ByteBuffer left, ByteBuffer right) {
            double[] expected = new double[count];
            double[] actual = new double[count];
            FloatFormat.decode(dtype, left, expected, 0, count);
            FloatFormat.decode(dtype, right, actual, 0, count);
            for (int i = 0; i < count; i++) {
                largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
            }
        }

        /** Tensors whose encoding has no fixed place per element: equal as messages or changed as a whole. */
        void addWhole(TensorIndex expected, TensorIndex actual) {
            ByteRegion left = expected.proto();
            ByteRegion right = actual.proto();
            boolean equal = left.length() == right.length();
            for (long at = 0; equal && at < left.length(); at += WINDOW_ELEMENTS) {
                int length = (int) Math.min(WINDOW_ELEMENTS, left.length() - at);
                equal = read(left, at, length).equals(read(right, at, length));
            }
            changed = equal ? 0 : expected.shape().elements();
            largest = equal ? 0 : Double.NaN;
        }
    }
}
