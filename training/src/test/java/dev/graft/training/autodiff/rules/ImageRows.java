package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.rules.Input.distinct;
import static dev.graft.training.autodiff.rules.Input.floats;
import static dev.graft.training.autodiff.rules.Row.row;

import dev.graft.compiler.ir.Attribute;
import java.util.ArrayList;
import java.util.List;

/** Rows of {@link ConvolutionRules} and {@link PoolRules}. */
final class ImageRows {
    static final List<Row> ROWS = rows();

    private ImageRows() {}

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        convolutions(rows);
        transposed(rows);
        maxima(rows);
        averages(rows);
        rows.add(row("GlobalAveragePool", 13, 21).in(floats(2, 3, 2, 4)).linearInFloat32());
        rows.add(row("GlobalAveragePool", 13).in(floats(1, 2, 5)).linearInFloat32());
        rows.add(row("GlobalMaxPool", 13, 21).in(distinct(2, 2, 2, 3)).curvedInFloat32());
        return rows;
    }

    private static void convolutions(List<Row> rows) {
        Attribute stride2 = Attribute.ofInts("strides", 2, 2);
        Attribute pads = Attribute.ofInts("pads", 1, 0, 2, 1);
        Attribute kernel = Attribute.ofInts("kernel_shape", 3, 2);
        rows.add(convolution(floats(2, 3, 4, 5), floats(2, 3, 3, 2), floats(2)));
        rows.add(convolution(floats(1, 2, 6, 5), floats(3, 2, 3, 2)).with(stride2, pads, kernel));
        rows.add(convolution(floats(1, 2, 7, 6), floats(2, 2, 3, 2)).with(stride2));
        rows.add(convolution(floats(1, 2, 6, 5), floats(2, 2, 3, 2))
                .with(stride2, Attribute.ofInts("pads", 1, 0, 1, 1)));
        rows.add(convolution(floats(2, 4, 5, 4), floats(6, 2, 3, 2), floats(6)).with(group(2), pads));
        rows.add(convolution(floats(2, 3, 6, 6), floats(3, 1, 3, 2)).with(group(3), stride2, kernel));
        rows.add(convolution(floats(1, 2, 7, 8), floats(2, 2, 3, 2)).with(Attribute.ofInts("dilations", 2, 3), pads));
        rows.add(convolution(floats(1, 1, 9, 9), floats(1, 1, 2, 2))
                .with(Attribute.ofInts("dilations", 2, 1), Attribute.ofInts("strides", 3, 2)));
        rows.add(convolution(floats(2, 2, 5), floats(3, 2, 2).stored()));
        rows.add(convolution(floats(2, 2, 6), floats(4, 1, 3), floats(4))
                .with(group(2), Attribute.ofInts("strides", 2)));
        rows.add(convolution(floats(1, 2, 3, 4, 3), floats(2, 2, 2, 2, 2)).with(Attribute.ofInts("strides", 1, 2, 1)));
        for (String auto : new String[] {"SAME_UPPER", "SAME_LOWER", "VALID"}) {
            rows.add(convolution(floats(1, 1, 5, 4), floats(2, 1, 3, 2)).with(Attribute.of("auto_pad", auto), kernel));
            Row strided = convolution(floats(1, 1, 6, 5), floats(2, 1, 3, 2))
                    .with(Attribute.of("auto_pad", auto), stride2, kernel);
            rows.add(auto.equals("VALID") ? strided : strided.fixedOnly("automatic padding"));
        }
    }

    private static Row convolution(Input... inputs) {
        return row("Conv", 13, 22).in(inputs).linearInFloat32();
    }

    private static Attribute group(long count) {
        return Attribute.of("group", count);
    }

    private static void transposed(List<Row> rows) {
        Attribute stride2 = Attribute.ofInts("strides", 2, 2);
        Row plain = row("ConvTranspose", 13, 22).linearInFloat32();
        rows.add(plain.in(floats(2, 3, 3, 4), floats(3, 2, 3, 2), floats(2)));
        rows.add(plain.in(floats(1, 2, 3, 4), floats(2, 3, 3, 2)).with(stride2, Attribute.ofInts("pads", 1, 0, 1, 1)));
        rows.add(plain.in(floats(1, 2, 3, 3), floats(2, 1, 3, 2))
                .with(stride2, Attribute.ofInts("output_padding", 1, 0)));
        rows.add(plain.in(floats(2, 4, 3, 2), floats(4, 1, 2, 2), floats(2)).with(group(2), stride2));
        rows.add(plain.in(floats(1, 2, 4), floats(2, 2, 3)).with(Attribute.ofInts("dilations", 2)));
        rows.add(plain.in(floats(1, 1, 2, 3, 2), floats(1, 2, 2, 2, 2)));
        rows.add(plain.in(floats(1, 1, 3, 3), floats(1, 2, 3, 3))
                .with(stride2, Attribute.ofInts("output_shape", 6, 7), Attribute.ofInts("kernel_shape", 3, 3))
                .fixedOnly("its padding depends"));
        for (String auto : new String[] {"SAME_UPPER", "SAME_LOWER", "VALID"}) {
            rows.add(plain.in(floats(1, 1, 3, 3), floats(1, 2, 3, 3))
                    .with(stride2, Attribute.of("auto_pad", auto), Attribute.ofInts("kernel_shape", 3, 3)));
        }
    }

    private static void maxima(List<Row> rows) {
        Attribute three = Attribute.ofInts("kernel_shape", 3, 3);
        Attribute two = Attribute.ofInts("kernel_shape", 2, 2);
        rows.add(row("MaxPool", 11, 13, 22).in(distinct(1, 2, 4, 5)).with(two, Attribute.ofInts("strides", 2, 2)));
        rows.add(row("MaxPool", 16, 22).in(distinct(2, 1, 4, 5)).with(three, Attribute.ofInts("pads", 1, 1, 1, 1)));
        rows.add(row("MaxPool", 16, 22).in(distinct(1, 1, 5, 5)).with(two, Attribute.ofInts("dilations", 2, 2)));
        rows.add(row("MaxPool", 16, 22)
                .in(distinct(1, 1, 5, 6))
                .with(three, Attribute.ofInts("strides", 2, 2), Attribute.of("ceil_mode", 1)));
        rows.add(row("MaxPool", 16)
                .in(distinct(1, 2, 7))
                .with(Attribute.ofInts("kernel_shape", 3), Attribute.of("auto_pad", "SAME_UPPER")));
    }

    private static void averages(List<Row> rows) {
        Row plain = row("AveragePool", 13, 19, 22).linearInFloat32();
        Attribute kernel = Attribute.ofInts("kernel_shape", 3, 2);
        Attribute stride2 = Attribute.ofInts("strides", 2, 2);
        Attribute pads = Attribute.ofInts("pads", 1, 0, 1, 1);
        rows.add(plain.in(floats(2, 3, 4, 5)).with(kernel));
        rows.add(plain.in(floats(1, 2, 6, 5)).with(kernel, stride2));
        rows.add(plain.in(floats(1, 2, 6, 5)).with(kernel, stride2, pads));
        rows.add(plain.in(floats(1, 2, 4, 5)).with(kernel, pads, Attribute.of("count_include_pad", 1)));
        rows.add(plain.in(floats(1, 2, 7))
                .with(Attribute.ofInts("kernel_shape", 3), Attribute.of("auto_pad", "SAME_LOWER")));
        rows.add(plain.in(floats(1, 1, 5, 6))
                .with(kernel, stride2, Attribute.of("ceil_mode", 1))
                .fixedOnly("ceil_mode"));
    }
}
