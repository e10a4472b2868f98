package dev.graft.compiler.resolve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads module paths out of what exporters write: node scopes, node names and names of weights. */
final class ModuleNames {
    /** Where dynamo notes the module of a node. */
    static final String NAME_SCOPES = "pkg.torch.onnx.name_scopes";

    /** Where onnxscript's constant folding notes the values that it folded. */
    static final String FOLDED_FROM = "pkg.onnxscript.optimizer.folded_from";

    /** {@code M.weight}, genai's {@code M.MatMul.weight}, and what quantisers append. */
    private static final Pattern PARAMETER =
            Pattern.compile("(.+?)(?:\\.(?:MatMul|Gemm|Add|Conv|Gather))?\\.([A-Za-z_][A-Za-z_0-9]*?)"
                    + "(?:_(?:Q[0-9]+|DQ_Q[0-9]+|quantized|transposed|T|fp16|prepacked|output)){0,3}");

    /** What a node makes of a weight is called by the node's place, not by a parameter's: {@code /model/embed_tokens/Transpose/output_0}. */
    private static final Pattern PASSED_ON =
            Pattern.compile("/.+/(?:" + String.join("|", StoredValue.PASS_THROUGH) + ")(?:_[0-9]+)?[/_]output_[0-9]+");

    private static final Set<String> TENSORFLOW_STEPS = Set.of(
            "ReadVariableOp",
            "Read",
            "MatMul",
            "Conv2D",
            "Conv1D",
            "convolution",
            "Tensordot",
            "BiasAdd",
            "Reshape",
            "Reshape_1",
            "StatefulPartitionedCall",
            "PartitionedCall");

    private static final Map<String, String> TENSORFLOW_PARAMETERS =
            Map.of("kernel", "weight", "embeddings", "weight", "weights", "weight", "gamma", "weight", "beta", "bias");

    /** No module path is longer; what is would only cost time. */
    private static final int MAX_LENGTH = 4096;

    private ModuleNames() {}

    /** A parameter of a module. */
    record ParameterName(String module, String parameter) {}

    /** The strings in the text of a Python list, such as {@code ['', 'm', "m.q"]}. */
    static List<String> pythonList(String text) {
        List<String> strings = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            char quote = text.charAt(at++);
            if (quote != '\'' && quote != '"') {
                continue;
            }
            StringBuilder string = new StringBuilder();
            while (at < text.length() && text.charAt(at) != quote) {
                at += text.charAt(at) == '\\' ? 1 : 0;
                string.append(at < text.length() ? text.charAt(at++) : "");
            }
            at++;
            strings.add(string.toString());
        }
        return strings;
    }

    /** The module of a node by its scopes: the last but one; behind it stands the call's own name. */
    static Optional<String> ofScopes(Map<String, String> metadata) {
        List<String> scopes = pythonList(metadata.getOrDefault(NAME_SCOPES, ""));
        return scopes.size() < 2 ? Optional.empty() : module(scopes.get(scopes.size() - 2));
    }

    /** The module of a node by its name, such as {@code /model/layers.0/self_attn/q_proj/MatMul}. */
    static Optional<String> ofNodeName(String name) {
        int last = name.lastIndexOf('/');
        return last <= 0 || last > MAX_LENGTH ? Optional.empty() : module(slashed(name.substring(0, last)));
    }

    /** The parameter that a tensor's name says it is, where the name is a path. */
    static Optional<ParameterName> ofTensorName(String name) {
        if (name.startsWith("onnx::")
                || name.length() > MAX_LENGTH
                || PASSED_ON.matcher(name).matches()) {
            return Optional.empty();
        }
        if (name.indexOf('/') >= 0) {
            return ofVariableName(name);
        }
        Matcher matcher = PARAMETER.matcher(name);
        return matcher.matches()
                ? module(matcher.group(1)).map(module -> new ParameterName(module, parameter(matcher.group(2))))
                : Optional.empty();
    }

    /** TensorFlow's {@code model/dense/kernel:0} or {@code model/dense/MatMul/ReadVariableOp:0}. */
    private static Optional<ParameterName> ofVariableName(String name) {
        String path = slashed(name.replaceFirst(":[0-9]+$", ""));
        int dot = path.lastIndexOf('.');
        String last = path.substring(dot + 1);
        boolean isBias = last.equals("bias") || name.contains("/BiasAdd");
        if (TENSORFLOW_PARAMETERS.containsKey(last) || last.equals("bias")) {
            String parameter = TENSORFLOW_PARAMETERS.getOrDefault(last, last);
            return dot < 0
                    ? Optional.empty()
                    : module(path.substring(0, dot)).map(m -> new ParameterName(m, parameter));
        }
        boolean stripped = !path.equals(name.replace('/', '.').replaceFirst(":[0-9]+$", ""));
        return stripped
                ? module(path).map(module -> new ParameterName(module, isBias ? "bias" : "weight"))
                : Optional.empty();
    }

    /** A path with slashes as one with dots, without the steps that TensorFlow adds. */
    private static String slashed(String name) {
        List<String> steps = new ArrayList<>();
        for (String step : name.split("/", -1)) {
            if (!step.isEmpty()) {
                steps.add(step);
            }
        }
        while (!steps.isEmpty() && TENSORFLOW_STEPS.contains(steps.get(steps.size() - 1))) {
            steps.remove(steps.size() - 1);
        }
        while (!steps.isEmpty() && TENSORFLOW_STEPS.contains(steps.get(0))) {
            steps.remove(0);
        }
        return String.join(".", steps);
    }

    /** A path without the layer that PEFT puts around a module. */
    private static Optional<String> module(String path) {
        String clean = path;
        while (clean.endsWith(".base_layer")) {
            clean = clean.substring(0, clean.length() - ".base_layer".length());
        }
        return clean.isEmpty() || clean.length() > MAX_LENGTH ? Optional.empty() : Optional.of(clean);
    }

    private static String parameter(String name) {
        return name.equals("qweight") ? "weight" : name;
    }
}
