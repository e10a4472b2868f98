package dev.graft.adapter.format.loralib;

import dev.graft.tensor.ByteSource;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.List;

/** The B of a MergedLinear as an ordinary B. */
final class GroupedFactor {
    private GroupedFactor() {}

    /**
     * From [rows of a group · enabled, r] to [rows of a group · all, r · enabled]: the block of the i-th enabled group stands in
     * that group's rows and in columns r·i to r·i + r - 1; all else is zero.
     */
    static Tensor spread(Tensor b, List<Boolean> groups) {
        int enabled = (int) groups.stream().filter(flag -> flag).count();
        int rank = Math.toIntExact(b.shape().dim(1));
        int rows = Math.toIntExact(b.shape().dim(0) / enabled);
        int width = b.dtype().bits() / 8;
        byte[] packed = b.toBytes();
        byte[] spread = new byte[Math.multiplyExact(Math.multiplyExact(rows, groups.size()), rank * enabled * width)];
        int block = 0;
        for (int group = 0; group < groups.size(); group++) {
            if (groups.get(group)) {
                for (int row = 0; row < rows; row++) {
                    int from = (block * rows + row) * rank * width;
                    int to = ((group * rows + row) * enabled + block) * rank * width;
                    System.arraycopy(packed, from, spread, to, rank * width);
                }
                block++;
            }
        }
        Shape shape = Shape.of((long) rows * groups.size(), (long) rank * enabled);
        return new Tensor(b.name(), b.dtype(), shape, ByteSource.ofArray(spread));
    }
}
