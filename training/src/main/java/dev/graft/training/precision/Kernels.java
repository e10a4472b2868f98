package dev.graft.training.precision;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.runtime.session.Device;
import dev.graft.tensor.DType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which operators ONNX Runtime runs in 16 bits on a device, by the table of kernels that it publishes (docs/OperatorKernels.md of its
 * sources). A graph with a node that has no kernel does not load.
 */
final class Kernels {
    private static final long ANY = 1;
    private static final Map<String, Long> CUDA_BFLOAT16 = table(
            at(6, "Max Min Sum"),
            at(8, "Expand Sum"),
            at(9, "ConstantOfShape"),
            at(11, "Compress GatherElements ScatterElements ScatterND"),
            at(
                    ANY,
                    "Concat Flatten Gather Identity LayerNormalization Reshape Shape SimplifiedLayerNormalization Size Slice Split"),
            at(ANY, "Squeeze Transpose Unsqueeze"),
            at(
                    13,
                    "Abs Add Cast Div Dropout Erf Exp GatherND Gemm IsNaN MatMul Mod Mul Neg ReduceSum Relu Sigmoid Sign Softmax Sqrt"),
            at(13, "Sub Tanh Tile"),
            at(14, "Trilu"),
            at(15, "Pow"),
            at(16, "Where"),
            at(20, "Gelu IsInf"),
            at(22, "AveragePool Conv HardSigmoid HardSwish"),
            at(23, "RMSNormalization RotaryEmbedding"),
            microsoft("BiasGelu FastGelu FusedMatMul Gelu QuickGelu RotaryEmbedding"));
    /** Of the operators that training graphs are made of. */
    private static final Set<String> CUDA_NOT_FLOAT16 = Set.of("EyeLike", "GridSample", "Range", "RoiAlign");

    private static final Set<String> PROCESSOR_BFLOAT16 = Set.of("Cast", "Shape", "Size");

    private final boolean cuda;

    private Kernels(boolean cuda) {
        this.cuda = cuda;
    }

    /** Those of a device. */
    static Kernels of(Device device) {
        return new Kernels(device instanceof Device.Cuda);
    }

    /** Those of an NVIDIA GPU, which 16 bits are for. */
    static Kernels ofCuda() {
        return new Kernels(true);
    }

    /** Whether a node of a model runs in a format of 16 bits. */
    boolean has(OnnxModel model, Node node, DType format) {
        if (format == DType.FLOAT16) {
            // on a processor ONNX Runtime itself puts casts around what it has in float32 alone
            return !cuda || !CUDA_NOT_FLOAT16.contains(node.opType());
        }
        if (!cuda) {
            return PROCESSOR_BFLOAT16.contains(node.opType());
        }
        Long since = CUDA_BFLOAT16.get(operator(node));
        return since != null && model.opset(node.domain()).orElse(ANY) >= since;
    }

    private static String operator(Node node) {
        boolean standard = node.domain().isEmpty() || node.domain().equals("ai.onnx");
        return standard ? node.opType() : node.domain() + "." + node.opType();
    }

    @SafeVarargs
    private static Map<String, Long> table(Map<String, Long>... parts) {
        Map<String, Long> table = new HashMap<>();
        Arrays.stream(parts).forEach(table::putAll);
        return Map.copyOf(table);
    }

    private static Map<String, Long> at(long since, String operators) {
        Map<String, Long> part = new HashMap<>();
        for (String operator : operators.split(" ", -1)) {
            part.put(operator, since);
        }
        return part;
    }

    private static Map<String, Long> microsoft(String operators) {
        Map<String, Long> part = new HashMap<>();
        at(ANY, operators).forEach((name, since) -> part.put(GraphBuilder.MICROSOFT + "." + name, since));
        return part;
    }
}
