package dev.graft.compiler.merge;

import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.RowReplacement;
import dev.graft.adapter.TensorReplacement;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Orientation;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns the changes that were bound to one tensor into edits of its blocks, in the blocks' own layout. */
final class BlockEdits {
    private final WeightView view;
    private final String module;
    private final Collection<String> warnings;
    private final List<LowRankTerm> terms = new ArrayList<>();
    private final List<BlockEdit.RowPatch> patches = new ArrayList<>();
    private final Set<Long> patchedRows = new HashSet<>();
    private final Set<Integer> adapters = new HashSet<>();
    private @Nullable MatrixSource replacement;

    private BlockEdits(WeightView view, String module, Collection<String> warnings) {
        this.view = view;
        this.module = module;
        this.warnings = warnings;
    }

    /**
     * The edits of one tensor, a block for each different view.
     *
     * @throws GraftException {@code ADAPTERS_CONFLICT} or {@code TARGET_SHAPE_MISMATCH}
     */
    static List<BlockEdit> of(List<Binding> bindings, Collection<String> warnings) {
        Map<WeightView, BlockEdits> blocks = new LinkedHashMap<>();
        for (Binding binding : bindings) {
            blocks.computeIfAbsent(viewOf(binding), view -> new BlockEdits(view, binding.module(), warnings))
                    .add(binding);
        }
        List<BlockEdit> edits = blocks.values().stream().map(BlockEdits::build).toList();
        requireDisjoint(edits);
        return edits;
    }

    /** The bound view; for loralib's convolutions the same bytes as the matrix B·A has them. */
    private static WeightView viewOf(Binding binding) {
        WeightView view = binding.view();
        if (binding.target() == Binding.Parameter.WEIGHT
                && binding.change() instanceof LowRankChange change
                && change.kind() == LayerKind.CONV_FLAT
                && view.isWhole()) {
            long rows = change.matrixShapeOfB().dim(0);
            long columns = change.matrixShapeOfA().dim(1);
            return new WeightView(view.tensor(), Orientation.OUT_IN, columns, 0, rows, 0, columns);
        }
        return view;
    }

    private void add(Binding binding) {
        adapters.add(binding.adapterIndex());
        ModuleChange change = binding.change();
        if (change instanceof LowRankChange lowRank) {
            addTerm(binding, lowRank);
        } else if (change instanceof TensorReplacement tensor) {
            addReplacement(tensor.value());
        } else if (change instanceof RowReplacement rows) {
            addRows(rows);
        }
    }

    private void addTerm(Binding binding, LowRankChange change) {
        LowRankTerm term =
                binding.target() == Binding.Parameter.BIAS ? biasTerm(binding, change) : term(binding, change);
        if (term.isDora() && terms.stream().anyMatch(LowRankTerm::isDora)) {
            throw conflict("two DoRA changes", "their norms have no common meaning");
        }
        requireShape(term.left().rows(), term.right().columns(), change.b());
        terms.add(term);
    }

    private LowRankTerm term(Binding binding, LowRankChange change) {
        Shape a = change.matrixShapeOfA();
        Shape b = change.matrixShapeOfB();
        MatrixSource up = MatrixSource.of(change.b(), b.dim(0), b.dim(1));
        MatrixSource down = MatrixSource.of(change.a(), a.dim(0), a.dim(1));
        // the stored matrix is s·B·A, or its transpose Aᵀ·Bᵀ
        boolean transposed = (view.orientation() == Orientation.IN_OUT) != (change.kind() == LayerKind.EMBEDDING);
        double scaling = BindingRules.scaling(binding, change);
        return transposed
                ? new LowRankTerm(down.transpose(), up.transpose(), scaling, change.magnitude(), false)
                : new LowRankTerm(up, down, scaling, change.magnitude(), true);
    }

    /** A bias delta is a product of rank 1: [1] times the delta. */
    private LowRankTerm biasTerm(Binding binding, LowRankChange change) {
        Tensor delta = Objects.requireNonNull(change.biasDelta(), "bound to a bias without a bias delta");
        Tensor one = Tensor.ofDoubles("one", DType.FLOAT64, Shape.of(1), 1);
        boolean column = view.columns() == 1 && view.rows() > 1;
        MatrixSource unit = MatrixSource.of(one, 1, 1);
        long length = delta.shape().elements();
        double scaling = BindingRules.scaling(binding, change);
        return column
                ? new LowRankTerm(MatrixSource.of(delta, length, 1), unit, scaling, null, true)
                : new LowRankTerm(unit, MatrixSource.of(delta, 1, length), scaling, null, true);
    }

    private void addReplacement(Tensor value) {
        if (replacement != null) {
            throw conflict("two replacements", "only one can be taken");
        }
        boolean transposed = view.orientation() == Orientation.IN_OUT && view.rows() > 1 && view.columns() > 1;
        if (value.shape().elements() != view.rows() * view.columns()) {
            throw mismatch(value);
        }
        MatrixSource stored = transposed
                ? MatrixSource.of(value, view.columns(), view.rows()).transpose()
                : MatrixSource.of(value, view.rows(), view.columns());
        replacement = stored;
        warnIfNarrowed(value);
    }

    private void addRows(RowReplacement change) {
        if (view.orientation() == Orientation.IN_OUT) {
            throw new GraftException(
                    ErrorCode.WEIGHT_NOT_MERGEABLE,
                    "the rows of " + module + " cannot be replaced: it is stored transposed",
                    Location.ofTensor(
                            view.tensor().proto().file(), view.tensor().name()),
                    "Export the model with its embedding as [vocabulary, width].");
        }
        long count = change.rows().size();
        if (change.values().shape().elements() != count * view.columns()) {
            throw mismatch(change.values());
        }
        Map<Long, Long> valueRows = new HashMap<>();
        for (int i = 0; i < count; i++) {
            long row = change.rows().get(i);
            if (row < 0 || row >= view.rows()) {
                throw mismatch(change.values());
            }
            if (!patchedRows.add(row)) {
                throw conflict("two replacements of row " + row, "only one can be taken");
            }
            valueRows.put(row, (long) i);
        }
        patches.add(new BlockEdit.RowPatch(MatrixSource.of(change.values(), count, view.columns()), valueRows));
        warnIfNarrowed(change.values());
    }

    private BlockEdit build() {
        // what one adapter replaces means nothing to what another one learned about the base's values
        boolean replaced = replacement != null || !patches.isEmpty() && !terms.isEmpty();
        if (replaced && adapters.size() > 1) {
            throw conflict("a replacement and a change by another adapter", "they were not made for each other");
        }
        return new BlockEdit(module, view, replacement, terms, patches);
    }

    private static void requireDisjoint(List<BlockEdit> edits) {
        for (int i = 0; i < edits.size(); i++) {
            for (int j = 0; j < i; j++) {
                WeightView one = edits.get(i).view();
                WeightView other = edits.get(j).view();
                if (one.tensorColumns() != other.tensorColumns() || overlap(one, other)) {
                    throw new GraftException(
                            ErrorCode.ADAPTERS_CONFLICT,
                            edits.get(j).module() + " and " + edits.get(i).module()
                                    + " are changes to overlapping parts of one tensor",
                            Location.ofTensor(
                                    one.tensor().proto().file(), one.tensor().name()),
                            "Merge these adapters into separate outputs.");
                }
            }
        }
    }

    private static boolean overlap(WeightView one, WeightView other) {
        return one.firstRow() < other.firstRow() + other.rows()
                && other.firstRow() < one.firstRow() + one.rows()
                && one.firstColumn() < other.firstColumn() + other.columns()
                && other.firstColumn() < one.firstColumn() + one.columns();
    }

    private void requireShape(long rows, long columns, Tensor culprit) {
        if (rows != view.rows() || columns != view.columns()) {
            throw mismatch(culprit);
        }
    }

    private void warnIfNarrowed(Tensor value) {
        DType stored = view.tensor().dtype();
        if (value.dtype().bits() > stored.bits()) {
            warnings.add("the new values of " + module + " are " + value.dtype().displayName() + " and were rounded to "
                    + stored.displayName());
        }
    }

    private GraftException mismatch(Tensor value) {
        return new GraftException(
                ErrorCode.TARGET_SHAPE_MISMATCH,
                "expected values for a block of " + view.rows() + " x " + view.columns() + " of '"
                        + view.tensor().name() + "', got " + value.name() + " " + value.shape(),
                Location.ofTensor(value.file(), value.name()),
                "Check that the adapter was trained for this base.");
    }

    private GraftException conflict(String what, String why) {
        return new GraftException(
                ErrorCode.ADAPTERS_CONFLICT,
                module + " has " + what + ": " + why,
                Location.ofTensor(view.tensor().proto().file(), view.tensor().name()),
                "Merge these adapters into separate outputs, or give one of them the weight 0.");
    }
}
