package dev.graft.compiler.scan;

import java.util.List;

/** How a tensor's elements are stored. */
public sealed interface TensorStorage {
    /**
     * Little-endian elements in the model file itself, {@code raw_data} or packed {@code float_data} / {@code double_data}.
     *
     * @param field the TensorProto field, for people
     * @param runs where the elements lie, in order; usually one run
     */
    record Inline(String field, List<ByteRegion> runs) implements TensorStorage {
        public Inline {
            runs = List.copyOf(runs);
        }
    }

    /**
     * Little-endian elements in a data file beside the model.
     *
     * @param location the location as the model writes it, relative to the model's folder
     * @param region where the elements lie; the file is inside the model's folder
     */
    record External(String location, ByteRegion region) implements TensorStorage {}

    /**
     * Elements in an encoding whose size depends on the values (varints in {@code int32_data} or {@code int64_data}, strings):
     * they can be read, but not patched in place.
     *
     * @param field the TensorProto field
     */
    record Encoded(String field) implements TensorStorage {}
}
