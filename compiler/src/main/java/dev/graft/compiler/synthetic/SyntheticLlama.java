package dev.graft.compiler.synthetic;

import dev.graft.adapter.format.safetensors.SafetensorsWriter;
import dev.graft.compiler.wire.WireMessage;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.IoReason;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A decoder of Llama's shapes and names with made-up weights, as PyTorch's TorchScript exporter writes one, and a PEFT adapter
 * for all of its linear layers.
 *
 * <p>The graph is valid and runs, but attention is left out: what is measured with it is files, not language. All weights are
 * external data, aligned as PyTorch aligns them.
 */
public final class SyntheticLlama {
    private static final int RANK = 16;
    private static final int ALPHA = 32;
    private static final int ALIGNMENT = 4096;
    private static final String DATA = "model.onnx.data";
    private static final double FEED_FORWARD = 2.6875;

    private final DType dtype;
    private final int width;
    private final int feedForward;
    private final int vocabulary;
    private final int layers;
    private final WireMessage graph = new WireMessage();
    private final List<Tensor> weights = new ArrayList<>();
    private final List<Tensor> factors = new ArrayList<>();
    private long dataSize;
    private int number = 100;

    /**
     * What was written.
     *
     * @param model the ONNX file; its data lies beside it
     * @param adapter the PEFT folder
     * @param bytes the size of model and data
     */
    public record Written(Path model, Path adapter, long bytes) {}

    private SyntheticLlama(long bytes, DType dtype) {
        this.dtype = dtype;
        double parameters = (double) bytes / dtype.byteSize(1);
        this.width = (int) Math.max(64, Math.min(4096, 64 * Math.round(Math.sqrt(parameters / 192) / 64)));
        this.feedForward = (int) (width * FEED_FORWARD);
        this.vocabulary = (int) Math.max(64, Math.min(32000, parameters / 16 / width));
        double perLayer = 4.0 * width * width + 3.0 * width * feedForward;
        this.layers = (int) Math.max(1, Math.round((parameters - 2.0 * vocabulary * width) / perLayer));
    }

    /**
     * Writes {@code model.onnx}, its data file and {@code adapter/} of rank 16.
     *
     * @param folder where; created if need be
     * @param bytes about how large the model is to be, at least a few hundred thousand
     * @param dtype the weights' floating-point type
     * @throws GraftException {@code IO_FAILED}
     */
    public static Written write(Path folder, long bytes, DType dtype) {
        SyntheticLlama llama = new SyntheticLlama(bytes, dtype);
        Path model = folder.resolve("model.onnx");
        Path adapter = folder.resolve("adapter");
        try {
            Files.createDirectories(adapter);
            llama.build();
            byte[] proto = llama.model();
            Files.write(model, proto);
            llama.writeData(folder.resolve(DATA));
            llama.writeAdapter(adapter);
            return new Written(model, adapter, proto.length + llama.dataSize);
        } catch (IOException e) {
            throw new GraftException(
                    ErrorCode.IO_FAILED,
                    "cannot write the model: " + IoReason.of(e),
                    Location.ofFile(folder),
                    "Check that the disk has space and that you may write there.",
                    e);
        }
    }

    private void build() {
        weight("model.embed_tokens.weight", vocabulary, width);
        node("Gather", "/model/embed_tokens/Gather", "x0", "model.embed_tokens.weight", "input_ids");
        for (int layer = 0; layer < layers; layer++) {
            buildLayer("model.layers." + layer, "x" + layer, "x" + (layer + 1));
        }
        linear("lm_head", "x" + layers, vocabulary, width, "logits", false);
    }

    private void buildLayer(String module, String input, String output) {
        String attention = module + ".self_attn.";
        String q = linear(attention + "q_proj", input, width, width, true);
        String k = linear(attention + "k_proj", input, width, width, true);
        String v = linear(attention + "v_proj", input, width, width, true);
        String mixed = elementwise("Add", module + ".mix", elementwise("Add", module + ".qk", q, k), v);
        String attended = linear(attention + "o_proj", mixed, width, width, true);
        String residual = elementwise("Add", module + ".residual", input, attended);
        String gate = linear(module + ".mlp.gate_proj", residual, feedForward, width, true);
        String up = linear(module + ".mlp.up_proj", residual, feedForward, width, true);
        String hidden = elementwise("Mul", module + ".mlp.gated", gate, up);
        String down = linear(module + ".mlp.down_proj", hidden, width, feedForward, true);
        node("Add", scope(module) + "/Add", output, residual, down);
    }

    private String linear(String module, String input, int out, int in, boolean adapted) {
        return linear(module, input, out, in, module + ".output", adapted);
    }

    private String linear(String module, String input, int out, int in, String output, boolean adapted) {
        String weight = "onnx::MatMul_" + number++;
        weight(weight, in, out);
        node("MatMul", scope(module) + "/MatMul", output, input, weight);
        if (adapted) {
            String key = "base_model.model." + module;
            factors.add(random(key + ".lora_A.weight", DType.FLOAT32, RANK, in, 0.02));
            factors.add(random(key + ".lora_B.weight", DType.FLOAT32, out, RANK, 0.02));
        }
        return output;
    }

    private String elementwise(String operator, String name, String left, String right) {
        node(operator, scope(name) + "/" + operator, name, left, right);
        return name;
    }

    private static String scope(String module) {
        return "/" + module.replaceAll("\\.(?!\\d)", "/");
    }

    private void node(String operator, String name, String output, String... inputs) {
        WireMessage node = new WireMessage();
        for (String input : inputs) {
            node.string(1, input);
        }
        graph.message(1, node.string(2, output).string(3, name).string(4, operator));
    }

    private void weight(String name, int rows, int columns) {
        Tensor tensor = random(name, dtype, rows, columns, 0.05);
        long offset = (dataSize + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        long length = tensor.bytes().size();
        WireMessage proto = new WireMessage()
                .integer(1, rows)
                .integer(1, columns)
                .integer(2, dtype.onnxNumber())
                .string(8, name)
                .message(13, entry("location", DATA))
                .message(13, entry("offset", Long.toString(offset)))
                .message(13, entry("length", Long.toString(length)))
                .integer(14, 1);
        graph.message(5, proto);
        weights.add(tensor);
        dataSize = offset + length;
    }

    private Tensor random(String name, DType type, int rows, int columns, double scale) {
        long seed = weights.size() * 1_000L + factors.size() + 1;
        long count = (long) rows * columns;
        return new Tensor(name, type, Shape.of(rows, columns), new PseudoRandomBytes(type, count, seed, scale));
    }

    private static WireMessage entry(String key, String value) {
        return new WireMessage().string(1, key).string(2, value);
    }

    private byte[] model() {
        graph.string(2, "main_graph");
        graph.message(11, value("input_ids", DType.INT64, "batch", "sequence"));
        graph.message(12, value("logits", dtype, "batch", "sequence", ""));
        return new WireMessage()
                .integer(1, 8)
                .string(2, "pytorch")
                .string(3, "2.0.0")
                .message(7, graph)
                .message(8, new WireMessage().string(1, "").integer(2, 17))
                .toBytes();
    }

    private WireMessage value(String name, DType type, String... dims) {
        WireMessage shape = new WireMessage();
        for (String dim : dims) {
            shape.message(
                    1, dim.isEmpty() ? new WireMessage().integer(1, vocabulary) : new WireMessage().string(2, dim));
        }
        WireMessage tensor = new WireMessage().integer(1, type.onnxNumber()).message(2, shape);
        return new WireMessage().string(1, name).message(2, new WireMessage().message(1, tensor));
    }

    private void writeData(Path file) throws IOException {
        ByteBuffer window = ByteBuffer.allocateDirect(1 << 20);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            long at = 0;
            for (Tensor tensor : weights) {
                at = (at + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
                long size = tensor.bytes().size();
                for (long done = 0; done < size; done += window.limit()) {
                    window.clear().limit((int) Math.min(window.capacity(), size - done));
                    tensor.bytes().read(done, window);
                    for (window.flip(); window.hasRemaining(); ) {
                        at += channel.write(window, at);
                    }
                }
            }
        }
    }

    private void writeAdapter(Path folder) throws IOException {
        String config = "{\n  \"peft_type\": \"LORA\",\n  \"r\": " + RANK + ",\n  \"lora_alpha\": " + ALPHA
                + ",\n  \"target_modules\": \"all-linear\",\n  \"bias\": \"none\"\n}\n";
        Files.writeString(folder.resolve("adapter_config.json"), config);
        SafetensorsWriter.write(folder.resolve("adapter_model.safetensors"), Map.of("format", "pt"), factors);
    }
}
