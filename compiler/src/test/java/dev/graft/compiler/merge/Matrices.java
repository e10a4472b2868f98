package dev.graft.compiler.merge;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.tensor.DType;
import dev.graft.tensor.FloatFormat;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Tensors, adapters, and exact sums to hold merged values against. */
public final class Matrices {
    private Matrices() {}

    public static Tensor random(String name, DType dtype, long seed, long... dims) {
        Shape shape = Shape.of(dims);
        Random random = new Random(seed);
        double[] values = new double[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian() * 0.1;
        }
        return Tensor.ofDoubles(name, dtype, shape, values);
    }

    public static LowRankChange linear(String module, int out, int in, int rank, double scaling, long seed) {
        return new LowRankChange(
                module,
                LayerKind.LINEAR,
                random(module + ".A", DType.FLOAT32, seed, rank, in),
                random(module + ".B", DType.FLOAT32, seed + 1000, out, rank),
                scaling,
                null,
                null);
    }

    public static LowRankChange dora(LowRankChange change, Tensor magnitude) {
        return new LowRankChange(
                change.module(), change.kind(), change.a(), change.b(), change.scaling(), magnitude, null);
    }

    public static WeightedAdapter adapter(double weight, ModuleChange... changes) {
        return new WeightedAdapter(
                new Adapter(Path.of("adapter"), "test", "LoRA", List.of(changes), Map.of(), List.of()), weight);
    }

    /** {@code B·A}, [out, in], exactly. */
    static BigDecimal[][] product(LowRankChange change) {
        int rank = (int) change.rank();
        double[] up = change.b().toDoubles();
        double[] down = change.a().toDoubles();
        int columns = down.length / rank;
        BigDecimal[][] product = new BigDecimal[up.length / rank][columns];
        for (int row = 0; row < product.length; row++) {
            for (int column = 0; column < columns; column++) {
                BigDecimal sum = BigDecimal.ZERO;
                for (int k = 0; k < rank; k++) {
                    sum = sum.add(
                            new BigDecimal(up[row * rank + k]).multiply(new BigDecimal(down[k * columns + column])));
                }
                product[row][column] = sum;
            }
        }
        return product;
    }

    /** {@code |B|·|A|} at [row, column]. */
    static double magnitude(LowRankChange change, int row, int column) {
        int rank = (int) change.rank();
        double[] up = change.b().toDoubles();
        double[] down = change.a().toDoubles();
        double sum = 0;
        for (int k = 0; k < rank; k++) {
            sum += Math.abs(up[row * rank + k] * down[k * (down.length / rank) + column]);
        }
        return sum;
    }

    /** The values of an initializer. */
    public static double[] values(ModelIndex model, String name) {
        TensorIndex tensor = model.graph().initializers().get(name);
        byte[] bytes = bytes(tensor);
        double[] values = new double[bytes.length / (tensor.dtype().bits() / 8)];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        FloatFormat.decode(tensor.dtype(), buffer, values, 0, values.length);
        return values;
    }

    static byte[] bytes(TensorIndex tensor) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        tensor.runs().forEach(run -> {
            ByteBuffer buffer = ByteBuffer.allocate((int) run.length());
            run.bytes().read(0, buffer);
            out.writeBytes(buffer.array());
        });
        return out.toByteArray();
    }
}
