package dev.graft.training.autodiff.rules;

import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.proto.TensorProto;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A case of ONNX's own node tests: a model of one node and its inputs. */
record OnnxCase(Path folder) {
    OnnxModel model() {
        return ModelReader.read(folder.resolve("model.onnx"));
    }

    /** The model without its second and later outputs, which stand for themselves: mean and deviation, indices. */
    OnnxModel firstOutput() {
        OnnxModel model = model();
        List<Value> outputs = model.graph().outputs();
        outputs.subList(1, outputs.size()).forEach(new GraphEditor(model)::removeGraphOutput);
        return model;
    }

    /** The inputs that are tensors; an input that is none makes the case one that cannot be run. */
    Map<String, HostTensor> feeds() {
        Map<String, HostTensor> feeds = new LinkedHashMap<>();
        List<Value> inputs = model().graph().inputs();
        for (int i = 0; i < inputs.size(); i++) {
            feeds.put(inputs.get(i).name(), read(folder.resolve("test_data_set_0/input_" + i + ".pb")));
        }
        return feeds;
    }

    private static HostTensor read(Path file) {
        try {
            TensorProto proto = TensorProto.parseFrom(Files.readAllBytes(file));
            DType dtype = DType.ofOnnxNumber(proto.getDataType()).orElseThrow();
            Shape shape = Shape.of(
                    proto.getDimsList().stream().mapToLong(Long::longValue).toArray());
            byte[] bytes = proto.hasRawData() ? proto.getRawData().toByteArray() : unpacked(proto);
            return HostTensor.of(new Tensor(file.toString(), dtype, shape, ByteSource.ofArray(bytes)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] unpacked(TensorProto proto) {
        ByteBuffer buffer = ByteBuffer.allocate(8 * (proto.getFloatDataCount() + proto.getInt64DataCount()))
                .order(ByteOrder.LITTLE_ENDIAN);
        proto.getFloatDataList().forEach(buffer::putFloat);
        proto.getInt64DataList().forEach(buffer::putLong);
        return java.util.Arrays.copyOf(buffer.array(), buffer.position());
    }
}
