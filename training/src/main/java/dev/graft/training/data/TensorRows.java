package dev.graft.training.data;

import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.training.config.Loss;
import dev.graft.training.step.Batch;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Rows of tensors that have the names of the graph's inputs; read from their files when a batch wants them. */
final class TensorRows implements RowStore {
    private final List<TensorFile> files;
    private final int[] firstRows;
    private final @Nullable String label;
    private final Loss.Kind loss;
    private final UnaryOperator<Shape> numbers;

    /**
     * Rows of several files, one behind the other.
     *
     * @param label the tensor of labels; null where the graph computes the loss itself
     * @param numbers the shape that labels of a regression are given
     */
    TensorRows(List<TensorFile> files, @Nullable String label, Loss.Kind loss, UnaryOperator<Shape> numbers) {
        this.files = List.copyOf(files);
        this.label = label;
        this.loss = loss;
        this.numbers = numbers;
        this.firstRows = new int[files.size() + 1];
        for (int i = 0; i < files.size(); i++) {
            firstRows[i + 1] = Math.addExact(firstRows[i], files.get(i).rows());
        }
    }

    @Override
    public int rows() {
        return firstRows[files.size()];
    }

    @Override
    public int length(int row) {
        return 1;
    }

    @Override
    public Batch batch(int[] rows) {
        Map<String, HostTensor> inputs = new LinkedHashMap<>();
        for (String name : files.get(0).tensors().keySet()) {
            if (!name.equals(label)) {
                inputs.put(name, gather(name, rows));
            }
        }
        if (label == null) {
            return new Batch(inputs, Optional.empty(), rows.length, rows.length);
        }
        HostTensor labels = TensorLabels.convert(gather(label, rows), loss, numbers);
        long counted = TensorLabels.counted(labels);
        long tokens = loss == Loss.Kind.CAUSAL_LM ? labels.elements() : rows.length;
        return new Batch(inputs, Optional.of(labels), counted, tokens);
    }

    private HostTensor gather(String name, int[] rows) {
        Tensor first = tensor(0, name);
        long[] dims = first.shape().toArray();
        dims[0] = rows.length;
        Shape shape = Shape.of(dims);
        DType dtype = first.dtype();
        ByteBuffer buffer = Matrix.allocate(dtype, shape);
        int rowBytes = rows.length == 0 ? 0 : buffer.capacity() / rows.length;
        for (int i = 0; i < rows.length; ) {
            int file = fileOf(rows[i]);
            int run = runLength(rows, i, firstRows[file + 1]);
            buffer.limit(buffer.position() + run * rowBytes);
            tensor(file, name).bytes().read((long) (rows[i] - firstRows[file]) * rowBytes, buffer);
            i += run;
        }
        return new HostTensor(dtype, shape, buffer.flip());
    }

    /** How many rows from {@code start} on follow one another in the file, so that they are one read. */
    private static int runLength(int[] rows, int start, int endOfFile) {
        int length = 1;
        while (start + length < rows.length
                && rows[start + length] == rows[start] + length
                && rows[start + length] < endOfFile) {
            length++;
        }
        return length;
    }

    private int fileOf(int row) {
        int found = Arrays.binarySearch(firstRows, row);
        return found >= 0 ? found : -found - 2;
    }

    private Tensor tensor(int file, String name) {
        return java.util.Objects.requireNonNull(files.get(file).tensors().get(name));
    }
}
