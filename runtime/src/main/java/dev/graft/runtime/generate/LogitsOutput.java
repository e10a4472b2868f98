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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The logits of the last token of each text that a decoder reads.
 *
 * <p>Where the model tells their shape, ONNX Runtime writes them into a buffer that is used again for every run, of which the last tokens are read; otherwise they are copied. For one
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

    /** Where a run of so many tokens of each text writes them; empty if they have to be computed and copied. */
    Map<String, NativeTensor> into(int texts, int tokens) {
        if (width < 1 || !(oneRow || rowPerToken)) {
            return Map.of();
        }
        Shape shape = Shape.of(texts, oneRow ? 1 : tokens, width);
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
     * The last token's logits of each text after a run.
     *
     * @param outputs what was computed; the logits among it are closed
     */
    List<double[]> last(Map<String, NativeTensor> outputs, int texts, Location model) {
        NativeTensor written = outputs.get(output.name());
        if (written == null) {
            NativeTensor own = Objects.requireNonNull(bound);
            return last(own.shape(), own.memory(), texts, model);
        }
        HostTensor copy = written.copy();
        written.close();
        return last(copy.shape(), copy.bytes(), texts, model);
    }

    /** The last token's logits of one text. */
    double[] last(HostTensor written, Location model) {
        return last(written.shape(), written.bytes(), 1, model).get(0);
    }

    private List<double[]> last(Shape shape, ByteBuffer bytes, int texts, Location model) {
        long row = shape.rank() == 0 ? 0 : shape.dim(-1);
        if (row == 0 || shape.elements() < row || shape.dim(0) != texts) {
            throw new GraftException(
                    ErrorCode.RUNTIME_FAILED,
                    "expected logits of at least one token" + (texts == 1 ? "" : " of each of " + texts + " texts")
                            + ", got " + dtype.displayName() + " " + shape,
                    model,
                    "");
        }
        int all = bytes.limit() / texts;
        List<double[]> last = new ArrayList<>();
        for (int end = all; end <= bytes.limit(); end += all) {
            double[] values = new double[Math.toIntExact(row)];
            bytes.position(end - Math.toIntExact(dtype.byteSize(row)));
            FloatFormat.decode(dtype, bytes, values, 0, values.length);
            last.add(values);
        }
        return last;
    }

    /** Lets go of the buffer. */
    void close() {
        if (bound != null) {
            bound.close();
            bound = null;
        }
    }
}
