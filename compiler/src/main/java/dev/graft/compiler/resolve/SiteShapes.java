package dev.graft.compiler.resolve;

import dev.graft.compiler.scan.NodeIndex;
import dev.graft.tensor.Shape;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How an operator reads a weight: its kind and the weight as a matrix.
 *
 * <p>The orientation follows from the operator alone and is certain, for square weights too: in {@code x·W} the rows of what the
 * operator reads are the inputs, in {@code W·x} and in Gemm with transB they are the outputs; a transposition in between flips it.
 */
record SiteShapes(SiteKind kind, WeightView view) {
    /** Domains whose operators read weights in ONNX's layouts; ONNX Runtime's internal ones (nchwc, nhwc) have their own. */
    private static final Set<String> DOMAINS = Set.of("", "com.microsoft");

    /** The shape of a use, if the operator is one whose weight can be adapted. */
    static Optional<SiteShapes> of(Scope scope, NodeIndex node, int input, StoredValue stored) {
        return DOMAINS.contains(node.domain()) ? ofKnown(scope, node, input, stored) : Optional.empty();
    }

    private static Optional<SiteShapes> ofKnown(Scope scope, NodeIndex node, int input, StoredValue stored) {
        return switch (node.opType()) {
            case "MatMul", "FusedMatMul", "Gemm", "FusedGemm" -> product(scope, node, input, stored);
            case "DynamicQuantizeMatMul", "MatMulIntegerToFloat" -> quantizedProduct(input, stored);
            case "MatMulNBits" -> blockQuantized(node, input, stored);
            case "Conv", "FusedConv" -> convolution(input, stored);
            case "Gather" -> lookup(node, input, stored);
            case "Attention" -> packedAttention(node, input, stored);
            default -> Optional.empty();
        };
    }

    private static Optional<SiteShapes> product(Scope scope, NodeIndex node, int input, StoredValue stored) {
        boolean isWeight = input < 2 && stored.shape().rank() == 2 && (isFloat(stored) || stored.dequantized());
        if (!isWeight || StoredValue.trace(scope, node.input(1 - input)).isPresent()) {
            return Optional.empty();
        }
        boolean flagged = node.intAttribute(input == 1 ? "transB" : "transA").orElse(0) != 0;
        boolean outputsFirst = (input == 0) ^ flagged ^ stored.transposed();
        SiteKind kind = stored.dequantized()
                ? SiteKind.QUANTIZED_MATMUL
                : node.opType().endsWith("Gemm") ? SiteKind.GEMM : SiteKind.MATMUL;
        return Optional.of(new SiteShapes(kind, matrix(stored, outputsFirst)));
    }

    private static Optional<SiteShapes> quantizedProduct(int input, StoredValue stored) {
        return input == 1 && stored.shape().rank() == 2
                ? Optional.of(new SiteShapes(SiteKind.QUANTIZED_MATMUL, matrix(stored, stored.transposed())))
                : Optional.empty();
    }

    /** The tensor holds packed blocks; the view counts weights, N outputs of K inputs. */
    private static Optional<SiteShapes> blockQuantized(NodeIndex node, int input, StoredValue stored) {
        OptionalLong outputs = node.intAttribute("N");
        OptionalLong inputs = node.intAttribute("K");
        if (input != 1
                || outputs.isEmpty()
                || inputs.isEmpty()
                || outputs.getAsLong() <= 0
                || inputs.getAsLong() <= 0) {
            return Optional.empty();
        }
        long columns = inputs.getAsLong();
        WeightView view =
                new WeightView(stored.tensor(), Orientation.OUT_IN, columns, 0, outputs.getAsLong(), 0, columns);
        return Optional.of(new SiteShapes(SiteKind.QUANTIZED_MATMUL, view));
    }

    private static Optional<SiteShapes> convolution(int input, StoredValue stored) {
        boolean isWeight = input == 1 && stored.shape().rank() >= 3 && !stored.transposed();
        return isWeight && (isFloat(stored) || stored.dequantized())
                ? Optional.of(new SiteShapes(SiteKind.CONV, matrix(stored, true)))
                : Optional.empty();
    }

    private static Optional<SiteShapes> lookup(NodeIndex node, int input, StoredValue stored) {
        boolean isTable = input == 0
                && stored.shape().rank() == 2
                && node.intAttribute("axis").orElse(0) == 0;
        return isTable && (isFloat(stored) || stored.dequantized())
                ? Optional.of(new SiteShapes(SiteKind.GATHER, matrix(stored, !stored.transposed())))
                : Optional.empty();
    }

    /** ONNX Runtime's fused attention holds q, k and v packed, [in, q + k + v]: mergeable, but there is no product to branch from. */
    private static Optional<SiteShapes> packedAttention(NodeIndex node, int input, StoredValue stored) {
        boolean isWeight = node.domain().equals("com.microsoft")
                && input == 1
                && stored.shape().rank() == 2;
        return isWeight && isFloat(stored)
                ? Optional.of(new SiteShapes(SiteKind.OTHER, matrix(stored, stored.transposed())))
                : Optional.empty();
    }

    private static boolean isFloat(StoredValue stored) {
        return stored.tensor().dtype().isFloat();
    }

    private static WeightView matrix(StoredValue stored, boolean outputsFirst) {
        Shape shape = stored.shape();
        long rows = shape.dim(0);
        long columns = rows == 0 ? 0 : shape.elements() / rows;
        Orientation orientation = outputsFirst ? Orientation.OUT_IN : Orientation.IN_OUT;
        return new WeightView(stored.tensor(), orientation, columns, 0, rows, 0, columns);
    }
}
