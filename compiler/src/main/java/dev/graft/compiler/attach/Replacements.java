package dev.graft.compiler.attach;

import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.RowReplacement;
import dev.graft.adapter.TensorReplacement;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Orientation;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Puts trained tensors, rows and biases in the place of the base's, for one use: the node gets an initializer of its own, so that
 * other readers of the base's tensor (a tied lm_head, a deduplicated bias) keep what they had.
 */
final class Replacements {
    private final GraphEditor editor;
    private final SiteLocator locator;

    Replacements(GraphEditor editor, SiteLocator locator) {
        this.editor = editor;
        this.locator = locator;
    }

    /** Replaces what one binding says; returns what was done. */
    String replace(Binding binding) {
        BoundInput input = BoundInput.of(binding, locator);
        Tensor base = stored(binding, input);
        Tensor replaced = changed(binding, base);
        String wish = binding.module() + "." + parameter(binding);
        Value value =
                editor.addInitializer(input.chain().stored().graph(), wish, TensorData.of(replaced.withName(wish)));
        input.chain().rebuild(editor, input.node(), input.index(), value, wish + "/replaced");
        editor.removeIfUnused(input.chain().stored());
        if (binding.change() instanceof RowReplacement) {
            return "rows";
        }
        return AttachRules.isBias(binding) ? "bias" : "replaced";
    }

    /** The tensor as it is now: an earlier replacement of the same input counts. */
    static Tensor stored(Binding binding, BoundInput input) {
        Tensor tensor = input.chain()
                .stored()
                .initializer()
                .or(() -> input.chain().stored().constant())
                .map(data -> data.tensor(input.chain().stored().name()))
                .orElseThrow(() -> unsupported(binding, "its tensor is not stored in the model"));
        if (!tensor.dtype().isFloat()) {
            throw unsupported(binding, "it is quantised (" + tensor.dtype().displayName() + ")");
        }
        return tensor;
    }

    /** The stored tensor with the binding's change. */
    static Tensor changed(Binding binding, Tensor base) {
        if (binding.change() instanceof TensorReplacement replacement) {
            return whole(binding.view(), base, replacement.value());
        }
        if (binding.change() instanceof RowReplacement rows) {
            return rows(binding, base, rows);
        }
        LowRankChange change = (LowRankChange) binding.change();
        return withBiasDelta(binding, base, change);
    }

    /** A tensor in PyTorch's layout in the layout that the block of the stored tensor has. */
    private static Tensor whole(WeightView view, Tensor base, Tensor value) {
        Tensor matrix = value.withShape(Shape.of(view.outputs(), view.inputs()));
        Tensor laidOut = view.orientation() == Orientation.OUT_IN ? matrix : matrix.transposed();
        Tensor typed = laidOut.inFormat(base.dtype());
        return view.isWhole() ? typed.withShape(base.shape()) : withBlock(view, base, typed);
    }

    private static Tensor withBlock(WeightView view, Tensor base, Tensor block) {
        long width = base.dtype().bits() / 8;
        List<ByteSource> parts = new ArrayList<>();
        long done = 0;
        for (long row = 0; row < view.rows(); row++) {
            long start = ((view.firstRow() + row) * view.tensorColumns() + view.firstColumn()) * width;
            parts.add(base.bytes().slice(done, start - done));
            parts.add(block.bytes().slice(row * view.columns() * width, view.columns() * width));
            done = start + view.columns() * width;
        }
        parts.add(base.bytes().slice(done, base.bytes().size() - done));
        return new Tensor(base.name(), base.dtype(), base.shape(), new SplicedBytes(parts));
    }

    private static Tensor rows(Binding binding, Tensor base, RowReplacement rows) {
        WeightView view = binding.view();
        if (view.orientation() == Orientation.IN_OUT) {
            throw unsupported(binding, "the table is stored transposed");
        }
        long width = base.dtype().bits() / 8 * view.tensorColumns();
        Tensor values = rows.values().inFormat(base.dtype());
        ByteSource bytes = base.bytes();
        Integer[] order = new Integer[rows.rows().size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(
                order, (a, b) -> Long.compare(rows.rows().get(a), rows.rows().get(b)));
        List<ByteSource> parts = new ArrayList<>();
        long done = 0;
        for (int index : order) {
            long start = (view.firstRow() + rows.rows().get(index)) * width;
            parts.add(bytes.slice(done, start - done));
            parts.add(values.bytes().slice(index * width, width));
            done = start + width;
        }
        parts.add(bytes.slice(done, bytes.size() - done));
        return new Tensor(base.name(), base.dtype(), base.shape(), new SplicedBytes(parts));
    }

    private static Tensor withBiasDelta(Binding binding, Tensor base, LowRankChange change) {
        double[] values = base.toDoubles();
        double[] delta = Objects.requireNonNull(change.biasDelta()).toDoubles();
        WeightView view = binding.view();
        int first = Math.toIntExact(view.firstRow() * view.tensorColumns() + view.firstColumn());
        double scaling = change.scaling() * binding.weight();
        for (int i = 0; i < delta.length; i++) {
            values[first + i] += scaling * delta[i];
        }
        return Tensor.ofDoubles(base.name(), base.dtype(), base.shape(), values);
    }

    private static String parameter(Binding binding) {
        if (AttachRules.isBias(binding)) {
            return "bias";
        }
        return binding.change() instanceof TensorReplacement replacement ? replacement.parameter() : "weight";
    }

    private static GraftException unsupported(Binding binding, String reason) {
        return new GraftException(
                ErrorCode.ATTACH_UNSUPPORTED,
                binding.module() + " cannot be replaced: " + reason,
                Location.ofTensor(
                        binding.view().tensor().proto().file(),
                        binding.view().tensor().name()),
                "Attach to the floating-point base.");
    }
}
