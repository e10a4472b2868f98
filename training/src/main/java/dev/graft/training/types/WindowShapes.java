package dev.graft.training.types;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Shapes of operators that slide a window over an image or a signal, or resize it. */
final class WindowShapes {
    static final List<Rule> RULES = List.of(
            new Rule("Conv", n -> windows(n, n.dims(1), at(n.dims(1), 0))),
            new Rule("com.microsoft.FusedConv", n -> windows(n, n.dims(1), at(n.dims(1), 0))),
            new Rule("MaxPool", n -> windows(n, List.of(), at(n.dims(0), 1))),
            new Rule("AveragePool", n -> windows(n, List.of(), at(n.dims(0), 1))),
            new Rule("LpPool", n -> windows(n, List.of(), at(n.dims(0), 1))),
            new Rule("GlobalAveragePool", WindowShapes::global),
            new Rule("GlobalMaxPool", WindowShapes::global),
            new Rule("GlobalLpPool", WindowShapes::global),
            new Rule("ConvTranspose", WindowShapes::transposed),
            new Rule("Resize", n -> resize(n, 2)),
            new Rule("Upsample", n -> resize(n, 1)));

    private WindowShapes() {}

    private static void windows(NodeFacts n, List<Length> weight, Length channels) {
        List<Length> x = n.dims(0);
        List<Length> dims = new ArrayList<>(List.of(at(x, 0), channels));
        for (int axis = 0; axis < x.size() - 2; axis++) {
            int spatial = axis;
            dims.add(n.lengthOrFresh(() -> windows(n, x.get(spatial + 2), weight, spatial)));
        }
        n.give(0, dims);
        n.give(1, dims);
    }

    /** How often a window fits: {@code floor((in + padding - window) / stride) + 1}, the operator having checked that it fits at all. */
    private static Length windows(NodeFacts n, Length in, List<Length> weight, int axis) {
        long stride = entry(n, "strides", axis, 1);
        String padding = n.node().stringAttribute("auto_pad", "NOTSET");
        if (n.number("ceil_mode", 0) != 0) {
            throw new NotKnown();
        }
        if (padding.startsWith("SAME")) {
            return LengthFormulas.lengthQuotient(in.plus(Length.of(stride - 1)), stride);
        }
        Length padded = padding.equals("VALID") ? in : in.plus(pads(n, axis));
        return LengthFormulas.lengthQuotient(
                padded.minus(window(n, weight, axis)).plus(Length.of(stride)), stride);
    }

    /** How many elements a window spans. */
    private static Length window(NodeFacts n, List<Length> weight, int axis) {
        Optional<List<Long>> kernel = n.node().intsAttribute("kernel_shape");
        Length size = kernel.isPresent() ? Length.of(at(kernel.get(), axis)) : at(weight, axis + 2);
        return size.minus(Length.ONE).times(entry(n, "dilations", axis, 1)).plus(Length.ONE);
    }

    private static Length pads(NodeFacts n, int axis) {
        List<Long> pads = n.node().intsAttribute("pads").orElse(List.of());
        return pads.isEmpty()
                ? Length.ZERO
                : Length.of(at(pads, axis)).plus(Length.of(at(pads, axis + pads.size() / 2)));
    }

    private static long entry(NodeFacts n, String attribute, int axis, long otherwise) {
        return n.node()
                .intsAttribute(attribute)
                .filter(list -> !list.isEmpty())
                .map(list -> at(list, axis))
                .orElse(otherwise);
    }

    private static <T> T at(List<T> list, int index) {
        if (index >= list.size()) {
            throw new NotKnown();
        }
        return list.get(index);
    }

    private static void global(NodeFacts n) {
        List<Length> x = n.dims(0);
        List<Length> dims = new ArrayList<>(List.of(at(x, 0), at(x, 1)));
        dims.addAll(Collections.nCopies(x.size() - 2, Length.ONE));
        n.give(0, dims);
    }

    private static void transposed(NodeFacts n) {
        List<Length> x = n.dims(0);
        List<Length> weight = n.dims(1, x.size());
        List<Length> dims = new ArrayList<>(List.of(
                at(x, 0), n.lengthOrFresh(() -> at(weight, 1).times(n.number("group", 1)))));
        for (int axis = 0; axis < x.size() - 2; axis++) {
            int spatial = axis;
            dims.add(n.lengthOrFresh(() -> transposed(n, x.get(spatial + 2), weight, spatial)));
        }
        n.give(0, dims);
    }

    private static Length transposed(NodeFacts n, Length in, List<Length> weight, int axis) {
        String padding = n.node().stringAttribute("auto_pad", "NOTSET");
        if (n.hasAttribute("output_shape") || !padding.equals("NOTSET")) {
            throw new NotKnown();
        }
        return in.minus(Length.ONE)
                .times(entry(n, "strides", axis, 1))
                .plus(Length.of(entry(n, "output_padding", axis, 0)))
                .plus(window(n, weight, axis))
                .minus(pads(n, axis));
    }

    /** Whole factors and given sizes; other factors are rounded in floats, which is left to ONNX Runtime. */
    private static void resize(NodeFacts n, int scales) {
        List<Length> x = n.dims(0);
        boolean stretches =
                n.node().stringAttribute("keep_aspect_ratio_policy", "stretch").equals("stretch");
        boolean crops =
                n.node().stringAttribute("coordinate_transformation_mode", "").equals("tf_crop_and_resize");
        if (n.hasAttribute("axes") || !stretches || crops) {
            throw new NotKnown();
        }
        boolean sized = n.has(3);
        KnownIntegers target = n.integers(sized ? 3 : scales);
        if (target.size() != x.size()) {
            throw new NotKnown();
        }
        List<Length> dims = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            int axis = i;
            dims.add(n.lengthOrFresh(() -> sized ? target.at(axis) : x.get(axis).times(target.at(axis))));
        }
        n.give(0, dims);
    }
}
