package dev.graft.compiler.attach;

/** Where a constant branch joins its site. */
public enum AttachForm {
    /**
     * Wherever it costs least at run time: {@code x·(W + A·B)} for single and double precision, where ONNX Runtime folds the sum when
     * the session is created; beside the product where that would round the change away or hold too much memory.
     */
    CHEAPEST,
    /** Always beside the product, {@code x·W + (x·A)·B}, as PEFT computes an unmerged adapter. */
    BESIDE
}
