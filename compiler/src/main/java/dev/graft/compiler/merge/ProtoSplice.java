package dev.graft.compiler.merge;

import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.wire.WireMessage;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Splices into an ONNX file that keep it valid: the length prefixes of all messages around them are put right, and every other
 * byte stays as it is, also in fields that no schema knows.
 */
final class ProtoSplice {
    private static final int GRAPH_OF_MODEL = 7;
    private static final int FUNCTION_OF_MODEL = 25;
    private static final int NODE_OF_GRAPH = 1;
    private static final int NODE_OF_FUNCTION = 7;
    private static final int ATTRIBUTE_OF_NODE = 5;
    private static final int GRAPH_OF_ATTRIBUTE = 6;
    private static final int GRAPHS_OF_ATTRIBUTE = 11;

    private final OpenFiles files;
    private final Path file;
    private final long size;
    private final List<Splice> splices = new ArrayList<>();
    private final Map<Long, Growth> growths = new HashMap<>();

    private enum Kind {
        MODEL,
        GRAPH,
        FUNCTION,
        NODE,
        ATTRIBUTE
    }

    /** How much a message grows. */
    private static final class Growth {
        private final ProtoField message;
        private final List<ProtoField> around;
        private long bytes;

        Growth(ProtoField message, List<ProtoField> around) {
            this.message = message;
            this.around = List.copyOf(around);
        }
    }

    ProtoSplice(OpenFiles files, Path file, long size) {
        this.files = files;
        this.file = file;
        this.size = size;
    }

    /** Inserts whole fields behind a message, as its next siblings; returns the splice. */
    Splice insertBehind(ByteRegion message, byte[] fields) {
        return add(new Splice(message.end(), 0, fields), message.offset(), message.end());
    }

    /** Replaces a whole field. */
    void replace(ProtoField field, byte[] bytes) {
        add(new Splice(field.start(), (int) (field.end() - field.start()), bytes), field.start(), field.end());
    }

    private Splice add(Splice splice, long start, long end) {
        splices.add(splice);
        List<ProtoField> around = enclosing(start, end);
        for (int i = 0; i < around.size(); i++) {
            List<ProtoField> outer = around.subList(0, i);
            growths.computeIfAbsent(around.get(i).start(), at -> new Growth(around.get(outer.size()), outer)).bytes +=
                    splice.growth();
        }
        return splice;
    }

    /** All splices, those of the length prefixes included. */
    List<Splice> splices() {
        List<Splice> all = new ArrayList<>(splices);
        // a prefix that gets longer makes the messages around it grow, so inner ones come first
        Collection<Growth> inwards = growths.values().stream()
                .sorted(Comparator.comparingLong((Growth growth) -> growth.message.start())
                        .reversed())
                .toList();
        for (Growth growth : inwards) {
            ProtoField message = growth.message;
            byte[] prefix =
                    new WireMessage().varint(message.length() + growth.bytes).toBytes();
            Splice splice = new Splice(message.prefix(), (int) (message.content() - message.prefix()), prefix);
            all.add(splice);
            growth.around.forEach(outer -> Objects.requireNonNull(growths.get(outer.start())).bytes += splice.growth());
        }
        long total = size + all.stream().mapToLong(Splice::growth).sum();
        if (total > Integer.MAX_VALUE) {
            throw new GraftException(
                    ErrorCode.ONNX_UNSUPPORTED,
                    "the model file would take " + total + " bytes, protobuf ends at " + Integer.MAX_VALUE,
                    Location.ofFile(file),
                    "Save the model with external data first.");
        }
        return all;
    }

    /** The messages around a region, outermost first. */
    private List<ProtoField> enclosing(long start, long end) {
        List<ProtoField> path = new ArrayList<>();
        Kind kind = Kind.MODEL;
        Optional<ProtoField> next = inner(kind, 0, size, start, end);
        while (next.isPresent()) {
            ProtoField message = next.get();
            path.add(message);
            kind = Objects.requireNonNull(child(kind, message.number()));
            next = inner(kind, message.content(), message.end(), start, end);
        }
        return path;
    }

    private Optional<ProtoField> inner(Kind kind, long from, long to, long start, long end) {
        return ProtoField.fields(files, file, from, to).stream()
                .filter(field -> child(kind, field.number()) != null && field.encloses(start, end))
                .findFirst();
    }

    private static @Nullable Kind child(Kind parent, int field) {
        return switch (parent) {
            case MODEL -> field == GRAPH_OF_MODEL ? Kind.GRAPH : field == FUNCTION_OF_MODEL ? Kind.FUNCTION : null;
            case GRAPH -> field == NODE_OF_GRAPH ? Kind.NODE : null;
            case FUNCTION -> field == NODE_OF_FUNCTION ? Kind.NODE : null;
            case NODE -> field == ATTRIBUTE_OF_NODE ? Kind.ATTRIBUTE : null;
            case ATTRIBUTE -> field == GRAPH_OF_ATTRIBUTE || field == GRAPHS_OF_ATTRIBUTE ? Kind.GRAPH : null;
        };
    }
}
