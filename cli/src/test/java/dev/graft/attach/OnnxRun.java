package dev.graft.attach;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtLoraAdapter;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs a model on tensors of a file. */
final class OnnxRun implements AutoCloseable {
    private final OrtSession session;

    OnnxRun(Path model) {
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            session = OrtEnvironment.getEnvironment().createSession(model.toString(), options);
        } catch (OrtException e) {
            throw new AssertionError(model + ": " + e.getMessage(), e);
        }
    }

    /** The model's inputs from token ids: a full attention mask and an empty past, where it has them. */
    Map<String, Tensor> tokens(Tensor ids, int headSize) {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        long[] all = new long[(int) ids.shape().elements()];
        Arrays.fill(all, 1);
        inputs.put("input_ids", ids);
        inputs.put("attention_mask", ofLongs(ids.shape(), all));
        try {
            for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
                if (input.getKey().startsWith("past_key_values")) {
                    long heads = ((TensorInfo) input.getValue().getInfo()).getShape()[1];
                    Shape empty = Shape.of(ids.shape().dim(0), heads, 0, headSize);
                    inputs.put(input.getKey(), Tensor.ofFloats(input.getKey(), empty));
                }
            }
        } catch (OrtException e) {
            throw new AssertionError(e);
        }
        return inputs;
    }

    static Tensor ofLongs(Shape shape, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return new Tensor("ids", DType.INT64, shape, ByteSource.ofArray(bytes.array()));
    }

    /** The first output, float or double, as doubles. */
    double[] run(Map<String, Tensor> inputs) {
        return run(inputs, null);
    }

    /** The same with an adapter switched in. */
    double[] run(Map<String, Tensor> inputs, @Nullable Path adapter) {
        Map<String, OnnxTensorLike> feeds = new LinkedHashMap<>();
        try (RunOptions options = new RunOptions();
                OrtLoraAdapter lora = adapter == null ? null : OrtLoraAdapter.create(adapter.toString())) {
            if (lora != null) {
                options.addActiveLoraAdapter(lora);
            }
            for (String name : session.getInputNames()) {
                feeds.put(name, tensor(inputs.get(name), name));
            }
            try (OrtSession.Result result = session.run(feeds, options)) {
                return values(result.get(0));
            }
        } catch (OrtException e) {
            throw new AssertionError(e.getMessage(), e);
        } finally {
            feeds.values().forEach(OnnxTensorLike::close);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new AssertionError(e);
        }
    }

    private OnnxTensor tensor(Tensor tensor, String name) throws OrtException {
        long[] shape = tensor.shape().toArray();
        TensorInfo info = (TensorInfo) session.getInputInfo().get(name).getInfo();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        if (tensor.dtype() == DType.INT64) {
            ByteBuffer bytes = direct(tensor.toBytes());
            return OnnxTensor.createTensor(environment, bytes.asLongBuffer(), shape);
        }
        Tensor typed = tensor.inFormat(format(info));
        ByteBuffer bytes = direct(typed.toBytes());
        return OnnxTensor.createTensor(environment, bytes, shape, info.type);
    }

    private static DType format(TensorInfo info) {
        return switch (info.type) {
            case DOUBLE -> DType.FLOAT64;
            case FLOAT16 -> DType.FLOAT16;
            default -> DType.FLOAT32;
        };
    }

    private static ByteBuffer direct(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder());
        return buffer.put(bytes).flip();
    }

    private static double[] values(OnnxValue value) {
        OnnxTensor tensor = (OnnxTensor) value;
        if (tensor.getInfo().type == OnnxJavaType.DOUBLE) {
            double[] all = new double[tensor.getDoubleBuffer().remaining()];
            tensor.getDoubleBuffer().get(all);
            return all;
        }
        float[] all = new float[tensor.getFloatBuffer().remaining()];
        tensor.getFloatBuffer().get(all);
        double[] wide = new double[all.length];
        for (int i = 0; i < all.length; i++) {
            wide[i] = all[i];
        }
        return wide;
    }
}
