package dev.graft.compiler.ir;

import org.jspecify.annotations.Nullable;

/** The messages on the way from a model to its weights. */
enum SkeletonField {
    MODEL,
    GRAPH,
    NODE,
    ATTRIBUTE,
    FUNCTION,
    TENSOR;

    static final int RAW_DATA = 9;

    /** The message in a field of this message if it can lead to weights, else null: the field is taken as it is. */
    @Nullable
    SkeletonField child(int field) {
        return switch (this) {
            case MODEL -> field == 7 ? GRAPH : field == 25 ? FUNCTION : null;
            case GRAPH -> field == 1 ? NODE : field == 5 ? TENSOR : null;
            case FUNCTION -> field == 7 ? NODE : null;
            case NODE -> field == 5 ? ATTRIBUTE : null;
            case ATTRIBUTE ->
                switch (field) {
                    case 5, 10 -> TENSOR;
                    case 6, 11 -> GRAPH;
                    default -> null;
                };
            case TENSOR -> null;
        };
    }

    /** Whether a length-delimited field of this message is the elements of a tensor. */
    boolean holdsElements(int field) {
        return this == TENSOR
                && switch (field) {
                    case TensorDecoder.FLOAT_DATA,
                            TensorDecoder.INT32_DATA,
                            TensorDecoder.INT64_DATA,
                            TensorDecoder.DOUBLE_DATA,
                            TensorDecoder.UINT64_DATA,
                            RAW_DATA -> true;
                    default -> false;
                };
    }
}
