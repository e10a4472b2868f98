package dev.graft.adapter.format.convert;

/** The formats that adapters are written in. */
public enum TargetFormat {
    /** A folder with {@code adapter_config.json} and {@code adapter_model.safetensors}. */
    PEFT,
    /** A file for ONNX Runtime's LoraAdapter. */
    ONNX_ADAPTER
}
