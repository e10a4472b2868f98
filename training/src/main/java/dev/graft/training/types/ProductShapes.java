package dev.graft.training.types;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Shapes of matrix products. */
final class ProductShapes {

    static final List<Rule> RULES = List.of(
            new Rule("MatMul", n -> n.give(0, matMul(n, n.dims(0), n.dims(1)))),
            new Rule("MatMulInteger", n -> n.give(0, matMul(n, n.dims(0), n.dims(1)))),
            new Rule("com.microsoft.TransposeMatMul", ProductShapes::fused),
            new Rule("com.microsoft.FusedMatMul", ProductShapes::fused),
            new Rule("com.microsoft.MatMulNBits", ProductShapes::quantised),
            new Rule("Gemm", ProductShapes::gemm),
            new Rule("Einsum", ProductShapes::einsum));

    private ProductShapes() {}

    /** Vectors become matrices for the product and lose the axis afterwards. */
    private static List<Length> matMul(NodeFacts n, List<Length> left, List<Length> right) {
        if (left.isEmpty() || right.isEmpty()) {
            throw new NotKnown();
        }
        List<Length> dims = new ArrayList<>(ElementwiseShapes.broadcast(n, batch(left), batch(right)));
        if (left.size() > 1) {
            dims.add(left.get(left.size() - 2));
        }
        if (right.size() > 1) {
            dims.add(right.get(right.size() - 1));
        }
        return dims;
    }

    private static List<Length> batch(List<Length> dims) {
        return dims.subList(0, Math.max(0, dims.size() - 2));
    }

    private static void fused(NodeFacts n) {
        if (n.number("transBatchA", 0) != 0 || n.number("transBatchB", 0) != 0) {
            throw new NotKnown();
        }
        n.give(0, matMul(n, turned(n, 0, "transA"), turned(n, 1, "transB")));
    }

    private static List<Length> turned(NodeFacts n, int input, String attribute) {
        List<Length> dims = new ArrayList<>(n.dims(input));
        if (n.number(attribute, 0) != 0 && dims.size() > 1) {
            Collections.swap(dims, dims.size() - 1, dims.size() - 2);
        }
        return dims;
    }

    private static void quantised(NodeFacts n) {
        List<Length> x = n.dims(0);
        n.give(0, PartShapes.with(x, NodeFacts.axis(-1, x.size()), Length.of(n.number("N", -1))));
    }

    private static void gemm(NodeFacts n) {
        n.dims(0, 2);
        n.dims(1, 2);
        n.give(0, matMul(n, turned(n, 0, "transA"), turned(n, 1, "transB")));
    }

    /** The letters of the output, each as long as it is in the inputs; {@code ...} is left to ONNX Runtime. */
    private static void einsum(NodeFacts n) {
        String equation = n.node().stringAttribute("equation", "").replace(" ", "");
        int arrow = equation.indexOf("->");
        if (arrow < 0 || equation.contains(".")) {
            throw new NotKnown();
        }
        String[] terms = equation.substring(0, arrow).split(",", -1);
        Map<Character, Length> lengths = new HashMap<>();
        for (int i = 0; i < terms.length; i++) {
            List<Length> dims = n.dims(i, terms[i].length());
            for (int j = 0; j < dims.size(); j++) {
                Length length = dims.get(j);
                lengths.merge(
                        terms[i].charAt(j),
                        length,
                        (one, two) -> n.lengthOrFresh(() -> LengthFormulas.broadcast(one, two)));
            }
        }
        List<Length> result = new ArrayList<>();
        for (char letter : equation.substring(arrow + 2).toCharArray()) {
            Length length = lengths.get(letter);
            result.add(length == null ? n.fresh() : length);
        }
        n.give(0, result);
    }
}
