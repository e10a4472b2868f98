package dev.graft.compiler.resolve;

/** How a site's module name is known, strongest first. */
public enum Rule {
    /** The user's map says so. */
    MAP("map file"),
    /** The stored values equal the checkpoint's. */
    VALUES("values of the base checkpoint"),
    /** The node's metadata names its module scope (dynamo exporter). */
    SCOPE("node scope"),
    /** The weight carries, or was folded from, the parameter's name. */
    WEIGHT_NAME("weight name"),
    /** The node's name is the module path (TorchScript, onnxruntime-genai and tf2onnx exporters). */
    NODE_NAME("node name"),
    /** The name fits after the renaming that onnxruntime-genai does. */
    ALIAS("genai alias"),
    /** Nothing but the bias behind the product has a name, and nothing else uses that bias (early PyTorch exporters). */
    BIAS_NAME("name of its bias");

    private final String displayName;

    Rule(String displayName) {
        this.displayName = displayName;
    }

    /** The rule in words. */
    public String displayName() {
        return displayName;
    }
}
