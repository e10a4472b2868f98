package dev.graft.runtime.adapters;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.onnxadapter.NamedFactors;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterFile;

/** An adapter as it was read, once: everything that is asked of it before it is loaded is asked of this. */
sealed interface AdapterContent {
    /** What it changes. */
    Adapter adapter();

    /** An {@code .onnx_adapter}, whose tensors are named for a model. */
    record Named(OnnxAdapterFile file) implements AdapterContent {
        @Override
        public Adapter adapter() {
            return NamedFactors.of(file);
        }
    }

    /** An adapter of any other format, or from memory. */
    record Changes(Adapter adapter) implements AdapterContent {}
}
