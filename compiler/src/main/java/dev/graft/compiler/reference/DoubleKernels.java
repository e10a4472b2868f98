package dev.graft.compiler.reference;

import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import java.util.Map;
import java.util.Set;

/**
 * Which operators ONNX Runtime's CPU provider computes in double precision, from its registered kernels (docs/OperatorKernels.md of
 * ONNX Runtime); an operator that is not listed is not.
 */
final class DoubleKernels {
    private static final Set<String> ONNX = Set.of(
            ("Abs Add AffineGrid And ArgMax ArgMin BatchNormalization BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast"
                            + " CastLike Ceil Clip Compress Concat Constant ConstantOfShape Cos CumSum DepthToSpace Div Dropout"
                            + " Einsum Equal Exp Expand EyeLike Flatten Floor GRU Gather GatherElements GatherND Gemm Greater"
                            + " GreaterOrEqual Identity If IsInf IsNaN LSTM LayerNormalization Less LessOrEqual Log LogSoftmax Loop"
                            + " MatMul Max MaxPool Min Mod Mul Neg Not Optional OptionalGetElement OptionalHasElement Or Pad Pow"
                            + " Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin"
                            + " ReduceProd ReduceSum ReduceSumSquare Relu Reshape ReverseSequence Round Scan Scatter"
                            + " ScatterElements ScatterND SequenceAt SequenceConstruct SequenceLength Shape Shrink  Sign"
                            + " Sin Size Slice Softmax SpaceToDepth Split SplitToSequence Sqrt Squeeze Sub Sum Tanh Tile TopK"
                            + " Transpose Trilu Unique Unsqueeze Where Xor")
                    .split(" "));
    private static final Set<String> MICROSOFT = Set.of("FusedMatMul");
    /** The first version with a double kernel, where earlier versions of the operator have none. */
    private static final Map<String, Long> SINCE = Map.of("Clip", 12L, "Max", 8L, "Min", 8L, "MaxPool", 8L);

    private DoubleKernels() {}

    /** Whether a node can run on doubles. */
    static boolean has(OnnxModel model, Node node) {
        if (node.domain().isEmpty() || node.domain().equals("ai.onnx")) {
            long version = model.opset(node.domain()).orElse(1);
            return ONNX.contains(node.opType()) && version >= SINCE.getOrDefault(node.opType(), 1L);
        }
        return node.domain().equals("com.microsoft") && MICROSOFT.contains(node.opType());
    }
}
