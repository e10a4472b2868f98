package dev.graft.adapter.format.peft;

import dev.graft.adapter.format.safetensors.SafetensorsFile;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;

/**
 * What a method reads an adapter from.
 *
 * @param path the folder
 * @param config {@code adapter_config.json}
 * @param weights {@code adapter_model.safetensors}
 * @param strict whether what may change the maths and is not understood is an error
 */
record PeftFolder(Path path, PeftConfig config, SafetensorsFile weights, boolean strict) {
    /** The way out where PEFT can compute the merged weights and Graft cannot. */
    static final String MERGE_IN_PYTORCH =
            "Merge it in PyTorch with PEFT's merge_and_unload and export the merged model to ONNX again";

    /** An error in the tensors as a whole. */
    GraftException invalidTensors(String what, String remedy) {
        return new GraftException(ErrorCode.ADAPTER_TENSORS_INVALID, what, Location.ofFile(weights.file()), remedy);
    }

    /** An error in one tensor. */
    GraftException invalidTensor(String tensor, String what) {
        return new GraftException(
                ErrorCode.ADAPTER_TENSORS_INVALID,
                what,
                Location.ofTensor(weights.file(), tensor),
                "The file is incomplete or belongs to another configuration: save the adapter again with PEFT.");
    }

    /** An error in what one module has. */
    GraftException incomplete(String module, String what) {
        return invalidTensors(
                "the tensors of module '" + module + "' are incomplete or contradict the configuration: " + what,
                "Save the adapter again with PEFT.");
    }

    /** The part of a module that its method cannot do without. */
    Tensor require(ModuleTensors module, PeftKey.Part part, String name) {
        Tensor tensor = module.get(part);
        if (tensor == null) {
            throw incomplete(module.module(), "it has no " + name);
        }
        return tensor;
    }

    /** The error of a file in which nothing changes. */
    GraftException holdsNothing() {
        return invalidTensors("the file holds no change at all", "Save the adapter again with PEFT.");
    }

    /** A refusal of the method or of a variant of it. */
    GraftException unsupported(String what, String remedy) {
        return new GraftException(ErrorCode.METHOD_UNSUPPORTED, what, Location.ofFile(config.file()), remedy);
    }

    /** A list as a message shows it: the first few and how many there are. */
    static String listed(List<String> names) {
        int shown = Math.min(names.size(), 5);
        String text = String.join(", ", names.subList(0, shown));
        return names.size() > shown ? text + " and " + (names.size() - shown) + " more" : text;
    }
}
