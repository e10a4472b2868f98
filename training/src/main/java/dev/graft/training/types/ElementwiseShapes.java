package dev.graft.training.types;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Shapes of operators that work element by element or along an axis, and leave the shape as it is or broadcast. */
final class ElementwiseShapes {
    static final List<Rule> RULES = rules();

    private ElementwiseShapes() {}

    private static List<Rule> rules() {
        String like = """
                Abs Acos Acosh Asin Asinh Atan Atanh BatchNormalization Bernoulli BitwiseNot Cast CastLike Ceil Celu Clip Cos Cosh CumSum \
                DequantizeLinear Elu Erf Exp EyeLike Floor Gelu GroupNormalization HardSigmoid HardSwish Hardmax Identity \
                InstanceNormalization IsInf IsNaN LRN LeakyRelu Log LogSoftmax LpNormalization MeanVarianceNormalization Mish Neg Not \
                PRelu QuantizeLinear RandomNormalLike RandomUniformLike Reciprocal Relu ReverseSequence RotaryEmbedding Round Scatter \
                ScatterElements ScatterND Selu Shrink Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Swish Tan Tanh \
                TensorScatter ThresholdedRelu Trilu SimplifiedLayerNormalization RMSNormalization \
                com.microsoft.BiasGelu com.microsoft.DequantizeLinear com.microsoft.FastGelu com.microsoft.Gelu \
                com.microsoft.GroupNorm com.microsoft.QuantizeLinear com.microsoft.QuickGelu com.microsoft.RotaryEmbedding""";
        String broadcast = """
                Add And BitShift BitwiseAnd BitwiseOr BitwiseXor Div Equal Greater GreaterOrEqual Less LessOrEqual Max Mean Min Mod \
                Mul Or Pow Sub Sum Where Xor""";
        List<Rule> rules = new ArrayList<>();
        Stream.of(like.split(" ")).forEach(name -> rules.add(new Rule(name, n -> n.give(0, n.dims(0)))));
        Stream.of(broadcast.split(" ")).forEach(name -> rules.add(new Rule(name, ElementwiseShapes::broadcast)));
        rules.add(new Rule("Dropout", ElementwiseShapes::dropout));
        rules.add(new Rule("LayerNormalization", ElementwiseShapes::layerNormalization));
        rules.add(new Rule("com.microsoft.SkipLayerNormalization", ElementwiseShapes::skip));
        rules.add(new Rule("com.microsoft.SkipSimplifiedLayerNormalization", ElementwiseShapes::skip));
        return List.copyOf(rules);
    }

    private static void broadcast(NodeFacts n) {
        List<Length> result = n.dims(0);
        for (int i = 1; i < n.node().inputs().size(); i++) {
            result = broadcast(n, result, n.dims(i));
        }
        n.give(0, result);
    }

    /** Two shapes broadcast with each other as numpy does. */
    static List<Length> broadcast(NodeFacts n, List<Length> a, List<Length> b) {
        int rank = Math.max(a.size(), b.size());
        List<Length> result = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            int first = axis - rank + a.size();
            int second = axis - rank + b.size();
            if (first < 0 || second < 0) {
                result.add(first < 0 ? b.get(second) : a.get(first));
            } else {
                result.add(n.lengthOrFresh(() -> LengthFormulas.broadcast(a.get(first), b.get(second))));
            }
        }
        return result;
    }

    private static void dropout(NodeFacts n) {
        n.give(0, n.dims(0));
        n.give(1, n.dims(0));
    }

    /** Mean and inverse deviation keep the normalised axes at length 1. */
    private static void layerNormalization(NodeFacts n) {
        List<Length> x = n.dims(0);
        n.give(0, x);
        int axis = NodeFacts.axis(n.number("axis", -1), x.size());
        List<Length> statistic = new ArrayList<>(x);
        for (int i = axis; i < x.size(); i++) {
            statistic.set(i, Length.ONE);
        }
        n.give(1, statistic);
        n.give(2, statistic);
    }

    /** Output 3 is the sum that was normalised. */
    private static void skip(NodeFacts n) {
        n.give(0, n.dims(0));
        n.give(3, n.dims(0));
    }
}
