package dev.graft.training.data;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.inputs.InputRole;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import dev.graft.training.config.Loss;
import dev.graft.training.step.Batch;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Whether the tensors of a file are what the model takes and its output is compared with, element by element. */
final class TensorChecks {
    private final TensorFile file;
    private final ModelLimits limits;

    TensorChecks(TensorFile file, ModelLimits limits) {
        this.file = file;
        this.limits = limits;
    }

    /**
     * Checks all of a file's tensors.
     *
     * @param label the tensor of labels; null where the graph computes the loss itself
     * @throws GraftException {@code TRAINING_DATA_INVALID}
     */
    void check(@Nullable String label, Loss.Kind loss) {
        for (Map.Entry<String, Tensor> entry : file.tensors().entrySet()) {
            ValueDescription input = limits.inputs().get(entry.getKey());
            if (entry.getKey().equals(label)) {
                checkLabels(entry.getValue(), loss);
            } else if (input != null) {
                checkInput(entry.getValue(), input);
            }
        }
    }

    private void checkInput(Tensor tensor, ValueDescription input) {
        DType wanted = input.dtype();
        if (wanted != null && !wanted.isFloat() && tensor.dtype().isFloat()) {
            throw invalid(
                    tensor,
                    "expected whole numbers for the model's input " + input + ", got " + describe(tensor),
                    "Save the tensor as " + wanted.displayName() + ".");
        }
        if (!fits(tensor, input)) {
            throw invalid(
                    tensor,
                    "expected rows that fit the model's input " + input + ", got " + describe(tensor),
                    "Save one row of the input for each example, one behind the other.");
        }
        long most = limits.positions().orElse(Long.MAX_VALUE);
        if (InputRole.of(input) == InputRole.TOKEN_IDS
                && tensor.shape().rank() == 2
                && tensor.shape().dim(1) > most) {
            throw invalid(
                    tensor,
                    "expected rows of at most " + most + " tokens, as many as "
                            + limits.file().getFileName() + " takes, got " + describe(tensor),
                    "Save shorter rows; cutoff_len is for texts.");
        }
        Long table = limits.tables().get(input.name());
        if (table != null && !tensor.dtype().isFloat()) {
            checkNumbers(tensor, input, table);
        }
    }

    /** The first dimension counts rows, whatever the model's own is. */
    private static boolean fits(Tensor tensor, ValueDescription input) {
        if (input.rank() == 0) {
            return true;
        }
        boolean fits = tensor.shape().rank() == input.rank();
        for (int i = 1; fits && i < input.rank(); i++) {
            fits = !(input.dims().get(i) instanceof Dimension.Fixed fixed)
                    || fixed.length() == tensor.shape().dim(i);
        }
        return fits;
    }

    private void checkNumbers(Tensor tensor, ValueDescription input, long table) {
        // ONNX's Gather counts from the end below zero, which a graph of no text may mean
        long lowest = InputRole.of(input) == InputRole.OTHER ? -table : 0;
        RowValues values = new RowValues(tensor, file.rows());
        values.firstInteger(number -> number < lowest || number >= table).ifPresent(found -> {
            throw invalid(
                    tensor,
                    "row " + found.row() + ": expected numbers from " + lowest + " to " + (table - 1)
                            + ", which the model has a vector for, got " + found.text(),
                    "Make the numbers with the model's own tokenizer or table; rows are counted from 0 on.");
        });
    }

    private void checkLabels(Tensor labels, Loss.Kind loss) {
        if (loss == Loss.Kind.REGRESSION) {
            checkRegression(labels);
            return;
        }
        checkRank(labels);
        OptionalLong width = limits.width();
        RowValues values = new RowValues(labels, file.rows());
        values.firstInteger(label -> label != Batch.IGNORED && (label < 0 || label >= width.orElse(Long.MAX_VALUE)))
                .ifPresent(found -> {
                    throw invalid(
                            labels,
                            "row " + found.row() + ": expected labels " + range(width) + ", or " + Batch.IGNORED
                                    + " for none, got " + found.text(),
                            loss == Loss.Kind.CAUSAL_LM
                                    ? "Labels are numbers of tokens of the model's own tokenizer; rows are counted from 0 on."
                                    : "Number the classes from 0 on; rows are counted from 0 on.");
                });
    }

    private String range(OptionalLong width) {
        return width.isEmpty()
                ? "from 0 on"
                : "from 0 to " + (width.getAsLong() - 1) + ", as the model's output "
                        + limits.output().orElseThrow() + " has";
    }

    private void checkRank(Tensor labels) {
        int rank = limits.output().map(ValueDescription::rank).orElse(0);
        if (rank != 0 && rank != labels.shape().rank() + 1) {
            throw invalid(
                    labels,
                    "expected labels of the model's output " + limits.output().orElseThrow()
                            + " without its last dimension, got " + describe(labels),
                    "Choose the loss for the model: causal_lm for the tokens of a text, classification for one class a row.");
        }
    }

    private void checkRegression(Tensor labels) {
        if (!limits.takesNumbers(labels.shape())) {
            throw invalid(
                    labels,
                    "expected labels of the shape of the model's output "
                            + limits.output().orElseThrow() + ", got " + describe(labels),
                    "Save labels of the output's shape; of several outputs the first of floating point is compared.");
        }
        new RowValues(labels, file.rows())
                .firstDouble(number -> !Double.isFinite(number))
                .ifPresent(found -> {
                    throw invalid(
                            labels,
                            "row " + found.row() + ": expected finite numbers, got " + found.text(),
                            "Leave such rows out; rows are counted from 0 on.");
                });
    }

    private static String describe(Tensor tensor) {
        return tensor.dtype().displayName() + " " + tensor.shape();
    }

    private GraftException invalid(Tensor tensor, String message, String remedy) {
        return new GraftException(
                ErrorCode.TRAINING_DATA_INVALID, message, Location.ofTensor(file.file(), tensor.name()), remedy);
    }
}
