package dev.graft.adapter.format.convert;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.FiniteValues;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.RowReplacement;
import dev.graft.adapter.TensorReplacement;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An adapter's tensors in another number format; a value that it cannot hold is refused, never made infinite. */
final class Retyped {
    private final DType dtype;

    Retyped(DType dtype) {
        this.dtype = dtype;
    }

    /** The adapter with all tensors in the format, each value rounded once. */
    Adapter adapter(Adapter adapter) {
        List<ModuleChange> changes = new ArrayList<>();
        adapter.changes().forEach(change -> changes.add(change(change)));
        return withChanges(adapter, changes);
    }

    /** The adapter with B in double precision, so that it is rounded after the scaling was folded into it and not before. */
    static Adapter withExactB(Adapter adapter) {
        return withChanges(
                adapter, adapter.changes().stream().map(Retyped::withExactB).toList());
    }

    /** Tensors in the format, each value rounded once. */
    List<Tensor> tensors(List<Tensor> tensors) {
        return tensors.stream().map(this::tensor).toList();
    }

    private static ModuleChange withExactB(ModuleChange change) {
        return change instanceof LowRankChange low
                ? new LowRankChange(
                        low.module(),
                        low.kind(),
                        low.a(),
                        low.b().inFormat(DType.FLOAT64),
                        low.scaling(),
                        low.magnitude(),
                        low.biasDelta())
                : change;
    }

    private static Adapter withChanges(Adapter adapter, List<ModuleChange> changes) {
        return new Adapter(
                adapter.source(), adapter.format(), adapter.method(), changes, adapter.details(), adapter.warnings());
    }

    private ModuleChange change(ModuleChange change) {
        if (change instanceof LowRankChange low) {
            return new LowRankChange(
                    low.module(),
                    low.kind(),
                    tensor(low.a()),
                    tensor(low.b()),
                    low.scaling(),
                    orNull(low.magnitude()),
                    orNull(low.biasDelta()));
        }
        if (change instanceof TensorReplacement replacement) {
            return new TensorReplacement(replacement.module(), replacement.parameter(), tensor(replacement.value()));
        }
        // what modules share has no format of its own here: the writers refuse it
        return change instanceof RowReplacement rows
                ? new RowReplacement(rows.module(), rows.rows(), tensor(rows.values()))
                : change;
    }

    private @Nullable Tensor orNull(@Nullable Tensor tensor) {
        return tensor == null ? null : tensor(tensor);
    }

    private Tensor tensor(Tensor tensor) {
        Tensor retyped = tensor.dtype().isFloat() ? tensor.inFormat(dtype) : tensor;
        long others = FiniteValues.countOthers(retyped);
        if (others > 0) {
            throw new GraftException(
                    ErrorCode.MERGE_NOT_FINITE,
                    others + " of " + tensor.shape().elements() + " values of '" + tensor.name()
                            + "' are beyond the range of " + dtype.displayName(),
                    Location.ofTensor(tensor.file(), tensor.name()),
                    dtype == DType.FLOAT16
                            ? "Choose --dtype bfloat16 or float32, as the model's inputs allow."
                            : "Choose --dtype float32.");
        }
        return retyped;
    }
}
