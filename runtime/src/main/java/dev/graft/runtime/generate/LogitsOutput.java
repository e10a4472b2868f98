package dev.graft.runtime.generate;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.NativeTensor;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import dev.graft.tensor.FloatFormat;
import dev.graft.tensor.Shape;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The logits of a decoder's last token.
 *
 * <p>Where the model tells their shape, ONNX Runtime writes them into a buffer that is used again for every run, of which the last row is read; otherwise they are copied. For one
 * thread at a time.
 */
final class LogitsOutput {
    private final ValueDescription output;
    private final DType dtype;
    private final long width;
    private final boolean oneRow;
    private final boolean rowPerToken;
    private ByteBuffer memory = ByteBuffer.allocateDirect(0);
    private @Nullable NativeTensor bound;

    private LogitsOutput(ValueDescription output, boolean keepsOne, String length) {
        this.output = output;
        this.dtype = Objects.requireNonNull(output.dtype());
        this.width = output.dims().get(2) instanceof Dimension.Fixed fixed ? fixed.length() : 0;
        Dimension rows = output.dims().get(1);
        this.oneRow = keepsOne || rows instanceof Dimension.Fixed fixed && fixed.length() == 1;
        this.rowPerToken =
                rows instanceof Dimension.Symbolic symbol && symbol.name().equals(length) && !length.isEmpty();
    }

    /** The output of a decoder. */
    static LogitsOutput of(ValueDescription output, DecoderInputs inputs) {
        String length = inputs.tokens().dims().get(1) instanceof Dimension.Symbolic symbol ? symbol.name() : "";
        return new LogitsOutput(output, inputs.keepsOneLogit(), length);
    }

    /** An output called logits, or else the only one with three dimensions that is not called hidden. */
    static Optional<ValueDescription> find(List<ValueDescription> outputs) {
        List<ValueDescription> candidates = outputs.stream()
                .filter(output -> output.dtype() != null && output.dtype().isFloat() && output.rank() == 3)
                .filter(output -> !output.name().contains("hidden"))
                .toList();
        Optional<ValueDescription> named = candidates.stream()
                .filter(output -> output.name().contains("logits"))
                .findFirst();
        return named.isPresent() || candidates.size() != 1 ? named : Optional.of(candidates.get(0));
    }

    /** The bytes of one token's logits, as far as they are known. */
    long rowBytes() {
        return oneRow ? 0 : dtype.byteSize(width);
    }

    /** Where a run of so many tokens writes them; empty if they have to be computed and copied. */
    Map<String, NativeTensor> into(int tokens) {
        if (width < 1 || !(oneRow || rowPerToken)) {
            return Map.of();
        }
        Shape shape = Shape.of(1, oneRow ? 1 : tokens, width);
        if (bound == null || !bound.shape().equals(shape)) {
            close();
            int bytes = Math.toIntExact(dtype.byteSize(shape.elements()));
            if (memory.capacity() < bytes) {
                // some room, because without a cache each run has one token more
                memory = ByteBuffer.allocateDirect((int) Math.min(Integer.MAX_VALUE - 8L, bytes + bytes / 2L));
            }
            bound = NativeTensor.over(memory.duplicate().limit(bytes), dtype, shape);
        }
        return Map.of(output.name(), bound);
    }

    /** Whether the model gives logits of every token, in an output whose length it names as that of the tokens. */
    boolean hasRowPerToken() {
        return rowPerToken && !oneRow;
    }

    /** The output's name, where it has to be computed. */
    Set<String> computed() {
        return width < 1 || !(oneRow || rowPerToken) ? Set.of(output.name()) : Set.of();
    }

    /**
     * The last token's logits after a run.
     *
     * @param outputs what was computed; the logits among it are closed
     */
    double[] last(Map<String, NativeTensor> outputs, Location model) {
        NativeTensor written = outputs.get(output.name());
        if (written == null) {
            return lastRow(Objects.requireNonNull(bound).shape(), bound.memory(), model);
        }
        HostTensor copy = written.copy();
        written.close();
        return last(copy, model);
    }

    /** The last token's logits of one text. */
    double[] last(HostTensor written, Location model) {
        return lastRow(written.shape(), written.bytes(), model);
    }

    private double[] lastRow(Shape shape, ByteBuffer bytes, Location model) {
        long row = shape.rank() == 0 ? 0 : shape.dim(-1);
        if (row == 0 || shape.elements() < row) {
            throw new GraftException(
                    ErrorCode.RUNTIME_FAILED,
                    "expected logits of at least one token, got " + dtype.displayName() + " " + shape,
                    model,
                    "");
        }
        double[] values = new double[Math.toIntExact(row)];
        bytes.position(bytes.limit() - Math.toIntExact(dtype.byteSize(row)));
        FloatFormat.decode(dtype, bytes, values, 0, values.length);
        return values;
    }

    /** Lets go of the buffer. */
    void close() {
        if (bound != null) {
            bound.close();
            bound = null;
        }
    }
}
