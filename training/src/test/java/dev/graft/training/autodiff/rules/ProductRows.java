package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.rules.Input.floats;
import static dev.graft.training.autodiff.rules.Row.microsoft;
import static dev.graft.training.autodiff.rules.Row.row;

import dev.graft.compiler.ir.Attribute;
import java.util.ArrayList;
import java.util.List;

/** Rows of {@link ProductRules} and {@link EinsumRule}. */
final class ProductRows {
    static final List<Row> ROWS = rows();

    private ProductRows() {}

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rows.add(row("MatMul", 13, 21).in(floats(3, 4), floats(4, 2)));
        rows.add(row("MatMul", 13, 21).in(floats(2, 3, 4), floats(4, 5).stored()));
        rows.add(row("MatMul", 13, 21).in(floats(2, 3, 4), floats(4, 5)));
        rows.add(row("MatMul", 13, 21).in(floats(3, 4), floats(2, 4, 5)));
        rows.add(row("MatMul", 13, 21).in(floats(1, 2, 3, 4), floats(3, 1, 4, 2)));
        rows.add(row("MatMul", 13, 21).in(floats(2, 3, 4), floats(2, 4, 2)));
        rows.add(row("MatMul", 13, 21).in(floats(4), floats(4)));
        rows.add(row("MatMul", 13, 21).in(floats(4), floats(4, 3)));
        rows.add(row("MatMul", 13, 21).in(floats(4), floats(2, 3, 4, 2)));
        rows.add(row("MatMul", 13, 21).in(floats(3, 4), floats(4)));
        rows.add(row("MatMul", 13, 21).in(floats(2, 2, 3, 4), floats(4)));
        for (long transA = 0; transA < 2; transA++) {
            for (long transB = 0; transB < 2; transB++) {
                Attribute a = Attribute.of("transA", transA);
                Attribute b = Attribute.of("transB", transB);
                Input left = transA == 0 ? floats(3, 4) : floats(4, 3);
                Input right = transB == 0 ? floats(4, 2) : floats(2, 4);
                gemms(rows, left, right, a, b);
                Input batch = transA == 0 ? floats(2, 3, 4) : floats(2, 4, 3);
                rows.add(fused(batch, right, a, b));
                rows.add(fused(batch, transB == 0 ? floats(2, 4, 2) : floats(2, 2, 4), a, b));
            }
        }
        for (String equation : new String[] {"ij,jk->ik", "ji,kj", "ij,jk->", "ij,kj->jik", "i j , j k -> k i"}) {
            boolean turned = equation.contains("kj");
            rows.add(einsum(
                    equation,
                    equation.startsWith("ji") ? floats(4, 3) : floats(3, 4),
                    turned ? floats(2, 4) : floats(4, 2)));
        }
        rows.add(einsum("bhqd,bhkd->bhqk", floats(2, 1, 3, 4), floats(2, 1, 5, 4)));
        rows.add(einsum("...ij,...jk->...ik", floats(2, 2, 3), floats(2, 3, 2)));
        rows.add(einsum("...ij,jk->...ik", floats(2, 2, 3), floats(3, 2)));
        rows.add(einsum("ij->ji", floats(2, 3)));
        rows.add(einsum("ijk->j", floats(2, 3, 2)));
        rows.add(einsum("ab,bc,cd->ad", floats(2, 3), floats(3, 2), floats(2, 2)));
        return rows;
    }

    private static void gemms(List<Row> rows, Input left, Input right, Attribute a, Attribute b) {
        Attribute alpha = Attribute.of("alpha", 0.75f);
        Attribute beta = Attribute.of("beta", 0.5f);
        rows.add(row("Gemm", 11, 13, 21).in(left, right, floats(3, 2)).with(a, b));
        rows.add(row("Gemm", 13, 21).in(left, right, floats(2)).with(a, b, alpha, beta));
        rows.add(row("Gemm", 13).in(left, right, floats(3, 1)).with(a, b));
        rows.add(row("Gemm", 13).in(left, right, floats()).with(a, b, beta));
        rows.add(row("Gemm", 13, 21).in(left, right.stored()).with(a, b));
    }

    private static Row fused(Input left, Input right, Attribute... attributes) {
        return microsoft("FusedMatMul")
                .inFloat64()
                .in(left, right)
                .with(attributes)
                .with(Attribute.of("alpha", 0.5f));
    }

    private static Row einsum(String equation, Input... inputs) {
        return row("Einsum", 13, 21).in(inputs).with(Attribute.of("equation", equation));
    }
}
