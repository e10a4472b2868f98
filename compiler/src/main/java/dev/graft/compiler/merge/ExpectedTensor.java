package dev.graft.compiler.merge;

import dev.graft.compiler.resolve.WeightView;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.tensor.DType;
import dev.graft.tensor.FloatFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;

/** A tensor as a merge leaves it, in pieces. */
public final class ExpectedTensor {
    private final TensorEdit edit;
    private final String name;
    private final List<Reader> readers;
    private final OpenFiles files;
    private final IdentityHashMap<LowRankTerm, double[]> doraFactors;
    private final List<Unit> units;

    /** What a change of a block would be, rightly or wrongly done. */
    public enum Variant {
        /** The sum of {@code s·B·A}, without DoRA's magnitude. */
        PLAIN,
        /** The same transposed, for square blocks. */
        TRANSPOSED,
        /** The sum of {@code |s|·|B|·|A|}, the measure of what rounding can do. */
        MAGNITUDE
    }

    /**
     * A block that changes.
     *
     * @param module its module
     * @param view where it lies in the tensor
     * @param rank the ranks of its low-rank changes together
     * @param replaced whether values were replaced too
     * @param dora whether one of the changes is DoRA
     */
    public record Block(String module, WeightView view, int rank, boolean replaced, boolean dora) {}

    /**
     * A node that reads a tensor, directly or behind what passes it on.
     *
     * @param graph the path of the graph that the node is in
     * @param node the node, as the base has it
     * @param input which of its inputs
     */
    public record Reader(List<String> graph, NodeIndex node, int input) {}

    /**
     * A rectangle of the tensor, seen as a matrix, before and after.
     *
     * @param before the base's values, row-major and dense
     * @param after the merged values, rounded to the tensor's type
     */
    public record Piece(long firstRow, int rows, long firstColumn, int columns, double[] before, double[] after) {}

    ExpectedTensor(
            TensorEdit edit,
            String name,
            List<Reader> readers,
            OpenFiles files,
            IdentityHashMap<LowRankTerm, double[]> doraFactors) {
        this.edit = edit;
        this.name = name;
        this.readers = readers;
        this.files = files;
        this.doraFactors = doraFactors;
        this.units = Unit.unitsOf(edit);
    }

    /** The tensor in the base. */
    public TensorIndex base() {
        return edit.tensor();
    }

    /** Its name in the merged model. */
    public String name() {
        return name;
    }

    /** Whether the merge gives it a place of its own. */
    public boolean isUnshared() {
        return !readers.isEmpty();
    }

    /** Which nodes read it in place of the base's, where the merge gives it a place of its own; else none. */
    public List<Reader> readers() {
        return readers;
    }

    /** The length of a row. */
    public long columns() {
        return edit.columns();
    }

    /** The blocks that change. */
    public List<Block> blocks() {
        return edit.blocks().stream().map(ExpectedTensor::block).toList();
    }

    private static Block block(BlockEdit edit) {
        boolean dora = edit.terms().stream().anyMatch(LowRankTerm::isDora);
        boolean replaced = edit.replacement() != null || !edit.rowPatches().isEmpty();
        return new Block(edit.module(), edit.view(), edit.totalRank(), replaced, dora);
    }

    /** How many pieces the tensor has. */
    public int pieces() {
        return units.size();
    }

    /** Computes a piece. */
    public Piece piece(int index) {
        Unit unit = units.get(index);
        DType dtype = base().dtype();
        ByteBuffer buffer = ByteBuffer.allocate(unit.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        TensorBytes source = new TensorBytes(edit.source(), files);
        int stretches = unit.isContiguous() ? 1 : unit.rows();
        int length = unit.bytes() / stretches;
        for (int row = 0; row < stretches; row++) {
            buffer.limit((row + 1) * length).position(row * length);
            source.read(unit.byteOfRow(row), buffer);
        }
        double[] before = new double[unit.elements()];
        FloatFormat.decode(dtype, buffer.clear(), before, 0, before.length);
        new UnitComputer(files, doraFactors).compute(unit, buffer.clear());
        double[] after = new double[unit.elements()];
        FloatFormat.decode(dtype, buffer.clear(), after, 0, after.length);
        unit.panel().finish();
        return new Piece(
                unit.firstRow(),
                unit.rows(),
                unit.panel().firstColumn(),
                unit.panel().columns(),
                before,
                after);
    }

    /** A variant of a block's change over a rectangle that is counted in the block; row-major and dense. */
    public double[] change(int block, Variant variant, long firstRow, int rows, long firstColumn, int columns) {
        double[] change = new double[Math.multiplyExact(rows, columns)];
        for (LowRankTerm term : edit.blocks().get(block).terms()) {
            boolean transposed = variant == Variant.TRANSPOSED;
            MatrixSource left = transposed ? term.right().transpose() : term.left();
            MatrixSource right = transposed ? term.left().transpose() : term.right();
            boolean absolute = variant == Variant.MAGNITUDE;
            double[] leftValues = read(left, firstRow, rows, 0, term.rank(), absolute);
            double[] rightValues = read(right, 0, term.rank(), firstColumn, columns, absolute);
            addProduct(
                    absolute ? Math.abs(term.scaling()) : term.scaling(),
                    leftValues,
                    rightValues,
                    term.rank(),
                    columns,
                    change);
        }
        return change;
    }

    /** Reads base values of a rectangle of the tensor; row-major and dense. */
    public double[] before(long firstRow, int rows, long firstColumn, int columns) {
        double[] values = new double[Math.multiplyExact(rows, columns)];
        new TensorBytes(edit.source(), files)
                .readDoubles(base().dtype(), columns(), firstRow, rows, firstColumn, columns, values);
        return values;
    }

    private double[] read(MatrixSource matrix, long row, int rows, long column, int columns, boolean absolute) {
        double[] values = new double[Math.multiplyExact(rows, columns)];
        matrix.read(files, row, rows, column, columns, values);
        for (int i = 0; absolute && i < values.length; i++) {
            values[i] = Math.abs(values[i]);
        }
        return values;
    }

    private static void addProduct(
            double scaling, double[] left, double[] right, int rank, int columns, double[] change) {
        double[][] rightRows = new double[rank][];
        for (int k = 0; k < rank; k++) {
            rightRows[k] = Arrays.copyOfRange(right, k * columns, (k + 1) * columns);
        }
        double[] sum = new double[columns];
        for (int row = 0; row < change.length / columns; row++) {
            SumKernel.product(left, row * rank, rightRows, sum, columns);
            for (int column = 0; column < columns; column++) {
                change[row * columns + column] += scaling * sum[column];
            }
        }
    }
}
