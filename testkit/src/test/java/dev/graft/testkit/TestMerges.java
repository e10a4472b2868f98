package dev.graft.testkit;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.io.Progress;
import dev.graft.testing.Fixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** The fixtures' Llama, merged rightly and wrongly. */
final class TestMerges {
    static final Path BASE = Fixtures.path("llama/base/model_dynamo.onnx");
    static final Path ADAPTER = Fixtures.path("llama/lora/adapter");

    private TestMerges() {}

    /** The base with the adapter merged at a weight. */
    static Path merge(Path folder, double weight) {
        return merge(BASE, folder, weight);
    }

    /** Another base of the same architecture with the adapter merged at a weight. */
    static Path merge(Path model, Path folder, double weight) {
        Path output = folder.resolve("merged_at_" + weight + ".onnx");
        ModelIndex base = ModelScanner.scan(model);
        WeightedAdapter adapter = new WeightedAdapter(AdapterFiles.readAdapter(ADAPTER, ReadOptions.DEFAULT), weight);
        Merger.merge(
                Resolver.resolve(base, List.of(adapter), ResolveOptions.DEFAULT),
                output,
                new MergeOptions(false, true, 1),
                Progress.NONE);
        return output;
    }

    /** A copy of a model in which the values of one float32 tensor are changed. */
    static Path change(Path model, Path copy, String tensor, DoubleUnaryOperator change) {
        return replace(
                model,
                copy,
                tensor,
                Arrays.stream(values(model, tensor)).map(change).toArray());
    }

    /** A copy of a model in which one float32 tensor has other values. */
    static Path replace(Path model, Path copy, String tensor, double[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            bytes.putFloat((float) value);
        }
        try {
            Files.copy(model, copy);
            try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
                channel.write(bytes.flip(), index(model, tensor).runs().get(0).offset());
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The values of a tensor. */
    static double[] values(Path model, String tensor) {
        return index(model, tensor).tensor().orElseThrow().toDoubles();
    }

    private static TensorIndex index(Path model, String tensor) {
        return ModelScanner.scan(model).graph().initializers().get(tensor);
    }
}
