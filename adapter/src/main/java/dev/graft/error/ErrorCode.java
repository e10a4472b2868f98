package dev.graft.error;

import java.util.Locale;

/**
 * Everything that can be wrong, by name.
 *
 * <p>The name is stable: it is printed, written to JSON and is the anchor of the entry in {@code docs/troubleshooting.md}.
 */
public enum ErrorCode {
    /** A command line, option or configuration that says something impossible. */
    USAGE(Category.USAGE),
    /** A training configuration has a key or value that is unknown, impossible or not supported. */
    TRAINING_CONFIG_INVALID(Category.USAGE),
    /** A file or folder that must be there is not. */
    FILE_NOT_FOUND(Category.INPUT),
    /** The operating system refused to read or write. */
    IO_FAILED(Category.ENVIRONMENT),
    /** The output exists and {@code --force} was not given. */
    OUTPUT_EXISTS(Category.USAGE),
    /** The output, or a data file of it, would land on an input. */
    OUTPUT_IS_INPUT(Category.USAGE),
    /** Another process is writing the same output. */
    OUTPUT_BUSY(Category.ENVIRONMENT),
    /** A file is of a kind that Graft does not read. */
    UNKNOWN_FORMAT(Category.INPUT),
    /** A safetensors file breaks the format. */
    SAFETENSORS_MALFORMED(Category.INPUT),
    /** A JSON file is not JSON, too deep, too large or has a repeated key. */
    JSON_MALFORMED(Category.INPUT),
    /** A pickle ({@code .bin}, {@code .pt}, {@code .ckpt}): it can run code when read, so it is never read. */
    PICKLE_REFUSED(Category.INPUT),
    /** An archive where a file or folder is expected. */
    ARCHIVE_REFUSED(Category.INPUT),
    /** An {@code .onnx_adapter} file breaks the format. */
    ONNX_ADAPTER_MALFORMED(Category.INPUT),
    /** An adapter's configuration is missing, incomplete or contradicts itself. */
    ADAPTER_CONFIG_INVALID(Category.INPUT),
    /** An adapter's tensors are incomplete or contradict each other or the configuration. */
    ADAPTER_TENSORS_INVALID(Category.INPUT),
    /** A PEFT method, or a variant of one, that cannot be merged, or not yet. */
    METHOD_UNSUPPORTED(Category.INPUT),
    /** An option in an adapter's configuration that Graft does not know and that may change the maths. */
    ADAPTER_OPTION_UNKNOWN(Category.INPUT),
    /** An ONNX file is not protobuf of the ONNX schema, or breaks the rules of the graph. */
    ONNX_MALFORMED(Category.INPUT),
    /** An ONNX file that is well-formed but beyond what Graft can do. */
    ONNX_UNSUPPORTED(Category.INPUT),
    /** A tensor's external data is outside the model's folder, missing, too short or described wrongly. */
    EXTERNAL_DATA_INVALID(Category.INPUT),
    /** A module of the adapter has no place in the model. */
    TARGET_NOT_FOUND(Category.INPUT),
    /** A module of the adapter fits several places in the model. */
    TARGET_AMBIGUOUS(Category.INPUT),
    /** A module was found, but the shapes of adapter and weight do not fit. */
    TARGET_SHAPE_MISMATCH(Category.INPUT),
    /** A weight that would change is used by something else too. */
    WEIGHT_SHARED(Category.INPUT),
    /** A weight that is quantised or stored in a way that cannot be patched. */
    WEIGHT_NOT_MERGEABLE(Category.INPUT),
    /** A model has no slots for adapters, or slots that contradict each other. */
    MODEL_NOT_BATCHED(Category.INPUT),
    /** A batch needs more adapters at a time than the model has slots. */
    SLOTS_EXHAUSTED(Category.INPUT),
    /** Requests come faster than batches run. */
    QUEUE_FULL(Category.ENVIRONMENT),
    /** A request was still waiting when its runtime was closed. */
    QUEUE_CLOSED(Category.ENVIRONMENT),
    /** A run names an adapter that is not there. */
    ADAPTER_UNKNOWN(Category.INPUT),
    /** An adapter file that was made for another base. */
    ADAPTER_BASE_MISMATCH(Category.INPUT),
    /** Two adapters that cannot act on the same target together. */
    ADAPTERS_CONFLICT(Category.INPUT),
    /** A merged value is not finite, or leaves the range of the weight's type. */
    MERGE_NOT_FINITE(Category.INPUT),
    /** A branch of this kind cannot be attached to this site. */
    ATTACH_UNSUPPORTED(Category.INPUT),
    /** An adapter's rank is larger than the slots of a batched model. */
    SLOT_RANK_EXCEEDED(Category.INPUT),
    /** A conversion that the target format has no words for. */
    CONVERT_UNSUPPORTED(Category.INPUT),
    /** Sample inputs are missing or do not fit the model. */
    INPUTS_INVALID(Category.INPUT),
    /** A row or tensor of training data is not of the format that it should have, or there is none. */
    TRAINING_DATA_INVALID(Category.INPUT),
    /** ONNX Runtime refused to load or run a model. */
    RUNTIME_FAILED(Category.INPUT),
    /** An operator between what is trained and the loss has no gradient here. */
    GRADIENT_UNSUPPORTED(Category.INPUT),
    /** A device, library or resource that was asked for is not there. */
    DEVICE_UNAVAILABLE(Category.ENVIRONMENT),
    /** A checkpoint of a training run is damaged, or belongs to another run. */
    CHECKPOINT_INVALID(Category.INPUT),
    /** A training run's loss, gradient or parameters are no longer finite. */
    TRAINING_DIVERGED(Category.INPUT),
    /** A training batch does not fit into the memory of machine or device. */
    OUT_OF_MEMORY(Category.ENVIRONMENT),
    /** An artifact does not do what base and adapter say. */
    VERIFICATION_FAILED(Category.VERIFICATION),
    /** A fault of Graft's own. */
    INTERNAL(Category.BUG);

    /** What a code says to a shell. */
    public enum Category {
        /** The check ran and the answer is no. */
        VERIFICATION(1),
        /** The command line is wrong. */
        USAGE(2),
        /** An input is bad or not supported. */
        INPUT(3),
        /** The machine lacks something: disk, memory, device, permission. */
        ENVIRONMENT(4),
        /** A fault of Graft's own. */
        BUG(70);

        private final int exitCode;

        Category(int exitCode) {
            this.exitCode = exitCode;
        }

        /** The process exit code of this category. */
        public int exitCode() {
            return exitCode;
        }
    }

    private final Category category;

    ErrorCode(Category category) {
        this.category = category;
    }

    /** The category, which decides the exit code. */
    public Category category() {
        return category;
    }

    /** The anchor of this code's entry in {@code docs/troubleshooting.md}. */
    public String anchor() {
        return name().toLowerCase(Locale.ROOT);
    }
}
