package dev.graft.compiler.attach;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * DoRA's factor as an input {@code M.lora_gain.weight}: what it is above 1, so that its default of zeros adds an exact nothing:
 * {@code y + e ⊙ (y - bias)}. Only targets for which the given adapter is DoRA have it.
 */
final class InputGains {
    private final InputSlots slots;

    InputGains(InputSlots slots) {
        this.slots = slots;
    }

    /** The output with the gain, or as it is where no term has one. */
    Value apply(GraphBuilder g, Place place, Value output) {
        double[] gains = place.gains();
        if (gains == null) {
            return output;
        }
        boolean channels = place.kind() == SiteKind.CONV;
        long[] shape =
                new long[channels ? place.site().weight().tensor().shape().rank() - 1 : 1];
        Arrays.fill(shape, 1);
        shape[0] = gains.length;
        String name = BranchNames.of(place.terms()) + ".lora_gain.weight";
        Value gain = slots.addZeros(name, place.dtype(), Shape.of(shape));
        double[] above = Arrays.stream(gains).map(factor -> factor - 1).toArray();
        slots.set(gain, Tensor.ofDoubles(name, place.dtype(), Shape.of(shape), above));
        Value bias = ownBias(place);
        Value product = bias == null ? output : g.sub(output, channels ? g.reshape(bias, shape) : bias);
        return g.add(output, g.mul(product, gain));
    }

    private static @Nullable Value ownBias(Place place) {
        Node node = place.node();
        boolean biased = node.is("Gemm") || node.is("Conv");
        return biased ? node.input(2) : null;
    }
}
