package dev.graft.compiler.scan;

import dev.graft.tensor.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value that the file describes: a graph input, a graph output or a value_info entry.
 *
 * @param name its name
 * @param dtype its number format, or null where the file does not say or it is not a tensor
 * @param dims its dimensions, empty where the rank is unknown: a number, a symbol, or {@code ?}
 * @param metadata its metadata_props
 */
public record ValueIndex(String name, @Nullable DType dtype, Optional<List<Dim>> dims, Map<String, String> metadata) {
    /** A dimension: a number, or a symbol (empty when it has none). */
    public sealed interface Dim {
        /** A fixed length. */
        record Fixed(long length) implements Dim {}

        /** A length known at run time. */
        record Symbolic(String symbol) implements Dim {}
    }
}
