package dev.graft.compiler.attach;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.error.GraftException;
import java.util.List;

/** Which forms of a branch a linear site can take. */
final class LinearForms {
    /** From this version on Concat takes a negative axis. */
    private static final long NEGATIVE_CONCAT_AXIS = 11;

    private LinearForms() {}

    /** Whether the kind is one of those that {@link LinearBranches} attaches to. */
    static boolean isLinear(Place place) {
        return switch (place.kind()) {
            case MATMUL, GEMM, QUANTIZED_MATMUL -> true;
            default -> isAttention(place);
        };
    }

    static boolean isAttention(Place place) {
        return place.node().is(GraphBuilder.MICROSOFT, "Attention")
                && place.site().weightInput() == 1;
    }

    static boolean isGemm(Place place) {
        return place.node().is("Gemm") && place.kind() != SiteKind.QUANTIZED_MATMUL;
    }

    /** Gives a Gemm another C, which it adds as it is. */
    static void setAddend(GraphEditor editor, Node node, Value branch) {
        if (node.inputs().size() < 3) {
            editor.addInput(node, branch);
        } else {
            editor.replaceInput(node, 2, branch);
        }
        if (node.attribute("beta").isPresent()) {
            editor.setAttribute(node, Attribute.of("beta", 1f));
        }
    }

    /** {@code alpha · a · b}, with the alpha by which the place's node multiplies its own product. */
    static Value scaledProduct(GraphBuilder g, Place place, Value a, Value b) {
        boolean fused = place.node().is(GraphBuilder.MICROSOFT, "FusedMatMul");
        float alpha = fused || isGemm(place) ? place.node().floatAttribute("alpha", 1) : 1;
        if (alpha == 1) {
            return g.matMul(a, b);
        }
        return fused
                ? g.node("FusedMatMul", GraphBuilder.MICROSOFT, List.of(a, b), List.of(Attribute.of("alpha", alpha)))
                : g.mul(g.matMul(a, b), g.scalar(place.dtype(), alpha));
    }

    /**
     * Refuses what no branch beside a product x·W fits.
     *
     * @param style the style of attaching, for the message
     * @throws dev.graft.error.GraftException {@code ATTACH_UNSUPPORTED}
     */
    static void requireProductOfItsOwn(Place place, String style) {
        requireSupported(place);
        boolean left = place.site().weightInput() == 0;
        if (isAttention(place) || left) {
            throw place.unsupported(
                    style + " needs a product x·W of its own, this is "
                            + place.node().opType() + (left ? " with the weight on the left" : ""),
                    "Use --style constant, or merge.");
        }
    }

    /** The refusal of a node that is no product. */
    static GraftException noProduct(Place place) {
        return place.unsupported(
                "a low-rank branch needs a matrix product, a convolution or a lookup, this is "
                        + place.node().opType(),
                "Merge the adapter instead.");
    }

    /** Whether [x, x·A] · [W; B] can take the place of x · W. */
    static boolean canWiden(Place place, OnnxModel model) {
        return place.kind() != SiteKind.QUANTIZED_MATMUL
                && model.opset("").orElse(0) >= NEGATIVE_CONCAT_AXIS
                && WeightChain.of(place.weight()).isConstant(model);
    }

    /**
     * Refuses what no branch fits.
     *
     * @throws dev.graft.error.GraftException {@code ATTACH_UNSUPPORTED}
     */
    static void requireSupported(Place place) {
        if (!isLinear(place)) {
            throw noProduct(place);
        }
        Node node = place.node();
        boolean left = place.site().weightInput() == 0;
        if (left && !node.is("MatMul")
                || node.intAttribute("transA", 0) != 0
                || node.intAttribute("transBatchA", 0) != 0
                || node.intAttribute("transBatchB", 0) != 0) {
            throw place.unsupported(
                    "its " + node.opType() + " reads its input transposed",
                    "Attach to the model as exported, before ONNX Runtime's optimiser fused it, or merge.");
        }
        boolean plain = switch (node.opType()) {
            case "MatMul", "FusedMatMul", "Gemm", "MatMulNBits", "DynamicQuantizeMatMul", "Attention" -> true;
            default -> false;
        };
        if (!plain) {
            throw place.unsupported(
                    "there is no place for a branch beside " + node.opType() + ", which does more than the product",
                    "Attach to the model as exported, before it was optimised.");
        }
        if (place.gains() != null && place.kind() == SiteKind.QUANTIZED_MATMUL) {
            throw place.unsupported(
                    "DoRA beside a quantised weight would need the norm of the weight before it was quantised",
                    "Attach to the floating-point base.");
        }
    }
}
