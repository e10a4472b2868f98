package dev.graft.compiler.resolve;

import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.NodeIndex;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The paths that modules have in transformers, where a model is onnxruntime-genai's, whose builder calls attention {@code attn} and numbers the last norm
 * as if it were a part of the last layer. What is saved under the builder's names would be passed over in silence by PEFT.
 */
public final class OriginalNames {
    private static final Pattern FUSED_ATTENTION = Pattern.compile("(?:.*/)?layers\\.[0-9]+/attn/([A-Za-z]+)");
    private static final Pattern ATTENTION = Pattern.compile("((?:.*\\.)?layers\\.[0-9]+\\.)attn(\\..+)");
    private static final Pattern FINAL_NORM =
            Pattern.compile("((?:.*\\.)?)layers\\.[0-9]+\\." + GenaiAliases.FINAL_NORM_STEP);

    private OriginalNames() {}

    /** From a path in a model to the one in transformers, which mostly is the same. */
    public static UnaryOperator<String> of(ModelIndex model) {
        return model.graph().nodes().stream().anyMatch(OriginalNames::isBuilders)
                ? OriginalNames::original
                : UnaryOperator.identity();
    }

    /** No other exporter gives a fused operator, which no module computes, the name of a place among the modules. */
    private static boolean isBuilders(NodeIndex node) {
        Matcher matcher = FUSED_ATTENTION.matcher(node.name());
        return node.domain().equals("com.microsoft")
                && matcher.matches()
                && matcher.group(1).equals(node.opType());
    }

    private static String original(String module) {
        Matcher attention = ATTENTION.matcher(module);
        if (attention.matches()) {
            return attention.group(1) + "self_attn" + attention.group(2);
        }
        Matcher norm = FINAL_NORM.matcher(module);
        return norm.matches() ? norm.group(1) + "norm" : module;
    }
}
