package dev.graft.training.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.inputs.InputRole;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.OrtTensors;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import dev.graft.training.graph.TrainingGraph;
import dev.graft.training.ort.OrtGraph;
import dev.graft.training.step.Batch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Brings batches to a graph's inputs: the types that it wants, and what follows from token ids and mask. */
final class BatchFeed {
    private static final String TOKENS = "input_ids";
    private static final String MASK = "attention_mask";

    private final List<ValueDescription> inputs;

    /** @param inputs those of the base model that are left in the graph */
    BatchFeed(List<ValueDescription> inputs) {
        this.inputs = inputs;
    }

    /** A batch as tensors of ONNX Runtime; the caller closes them. */
    Map<String, OnnxTensor> tensors(Batch batch) {
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, HostTensor> value : values(batch).entrySet()) {
                tensors.put(value.getKey(), view(value.getValue()));
            }
            return tensors;
        } catch (OrtException e) {
            tensors.values().forEach(OnnxTensor::close);
            throw new GraftException(
                    ErrorCode.INPUTS_INVALID, "a batch cannot be fed: " + e.getMessage(), Location.NONE, "", e);
        }
    }

    /** What a batch is to the graph, by the names of its inputs. */
    Map<String, HostTensor> values(Batch batch) {
        Map<String, HostTensor> values = new LinkedHashMap<>();
        for (ValueDescription input : inputs) {
            values.put(input.name(), typed(value(batch, input), input));
        }
        batch.labels().ifPresent(labels -> values.put(TrainingGraph.LABELS, labels));
        return values;
    }

    private static OnnxTensor view(HostTensor tensor) throws OrtException {
        return OrtTensors.view(OrtGraph.environment(), tensor);
    }

    private static HostTensor value(Batch batch, ValueDescription input) {
        HostTensor named = batch.inputs().get(input.name());
        if (named != null) {
            return named;
        }
        HostTensor tokens = batch.inputs().get(TOKENS);
        HostTensor mask = batch.inputs().get(MASK);
        if (tokens == null || mask == null) {
            throw missing(batch, input);
        }
        return switch (InputRole.of(input)) {
            case TOKEN_IDS -> tokens;
            case ATTENTION_MASK -> mask;
            case POSITION_IDS -> positions(batch, mask);
            case TOKEN_TYPE_IDS -> HostTensor.zeros(DType.INT64, tokens.shape());
            case TOTAL_LENGTH_LESS_ONE -> lengthsLessOne(mask);
            case TOTAL_LENGTH ->
                HostTensor.ofLongs(dev.graft.tensor.Shape.of(), tokens.shape().dim(1));
            default -> throw missing(batch, input);
        };
    }

    private static HostTensor positions(Batch batch, HostTensor mask) {
        HostTensor given = batch.inputs().get("position_ids");
        if (given != null) {
            return given;
        }
        int length = Math.toIntExact(mask.shape().dim(1));
        long[] counted = mask.toLongs();
        long[] positions = new long[counted.length];
        for (int row = 0; row < counted.length; row += length) {
            long next = 0;
            for (int i = row; i < row + length; i++) {
                positions[i] = counted[i] == 0 ? 0 : next++;
            }
        }
        return HostTensor.ofLongs(mask.shape(), positions);
    }

    private static HostTensor lengthsLessOne(HostTensor mask) {
        int rows = Math.toIntExact(mask.shape().dim(0));
        int length = Math.toIntExact(mask.shape().dim(1));
        long[] counted = mask.toLongs();
        long[] lengths = new long[rows];
        for (int i = 0; i < counted.length; i++) {
            lengths[i / length] += counted[i];
        }
        for (int row = 0; row < rows; row++) {
            lengths[row]--;
        }
        return HostTensor.ofLongs(dev.graft.tensor.Shape.of(rows), lengths);
    }

    private static HostTensor typed(HostTensor value, ValueDescription input) {
        DType wanted = input.dtype();
        if (wanted == null || wanted == value.dtype()) {
            return value;
        }
        return wanted.isFloat()
                ? HostTensor.ofDoubles(wanted, value.shape(), value.toDoubles())
                : HostTensor.ofIntegers(wanted, value.shape(), value.toLongs());
    }

    private static GraftException missing(Batch batch, ValueDescription input) {
        return new GraftException(
                ErrorCode.INPUTS_INVALID,
                "the model wants the input " + input + ", the data has "
                        + batch.inputs().keySet(),
                Location.NONE,
                "Give a tensor of that name in the data, or export the model without the input.");
    }
}
