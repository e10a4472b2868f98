package dev.graft.adapter.format.peft;

import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.error.GraftException;
import dev.graft.tensor.Tensor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Puts the factors of one module together, checking each against the others and the configuration. */
final class LowRankReader {
    private final PeftFolder folder;
    private final ModuleTensors tensors;
    private final LoraScaling scaling;

    LowRankReader(PeftFolder folder, ModuleTensors tensors, LoraScaling scaling) {
        this.folder = folder;
        this.tensors = tensors;
        this.scaling = scaling;
    }

    LowRankChange read() {
        boolean embedding =
                tensors.get(PeftKey.Part.EMBEDDING_A) != null || tensors.get(PeftKey.Part.EMBEDDING_B) != null;
        if (embedding && (tensors.get(PeftKey.Part.LORA_A) != null || tensors.get(PeftKey.Part.LORA_B) != null)) {
            throw fail("it has factors of an embedding and of a linear layer");
        }
        Tensor a = folder.require(tensors, embedding ? PeftKey.Part.EMBEDDING_A : PeftKey.Part.LORA_A, "lora_A");
        Tensor b = folder.require(tensors, embedding ? PeftKey.Part.EMBEDDING_B : PeftKey.Part.LORA_B, "lora_B");
        LayerKind kind = embedding ? LayerKind.EMBEDDING : kind(a);
        checkShapes(kind, a, b);
        return new LowRankChange(
                tensors.module(), kind, a, b, scaling.scaling(tensors.module()), magnitude(b), biasDelta(kind, b));
    }

    private static LayerKind kind(Tensor a) {
        return a.shape().rank() > 2 ? LayerKind.CONV : LayerKind.LINEAR;
    }

    private void checkShapes(LayerKind kind, Tensor a, Tensor b) {
        int dims = a.shape().rank();
        if (dims < 2 || dims > 5 || b.shape().rank() != dims) {
            throw folder.invalidTensor(
                    a.name(),
                    "expected two matrices or two convolution kernels, got A " + a.shape() + " and B " + b.shape());
        }
        if (a.shape().dim(0) != b.shape().dim(1)) {
            throw folder.invalidTensor(
                    a.name(),
                    "the ranks differ: A " + a.shape() + " has " + a.shape().dim(0) + ", B " + b.shape() + " has "
                            + b.shape().dim(1));
        }
        if (kind == LayerKind.CONV
                && !IntStream.range(2, dims).allMatch(axis -> b.shape().dim(axis) == 1)) {
            throw folder.invalidTensor(b.name(), "expected a 1x1 kernel, got " + b.shape());
        }
        long rank = scaling.rank(tensors.module());
        if (a.shape().dim(0) != rank) {
            throw folder.invalidTensor(
                    a.name(),
                    "the configuration gives " + tensors.module() + " rank " + rank + ", but A " + a.shape() + " has "
                            + a.shape().dim(0));
        }
    }

    private @Nullable Tensor magnitude(Tensor b) {
        Tensor magnitude = tensors.get(PeftKey.Part.MAGNITUDE);
        boolean dora = folder.config().flag("use_dora");
        if (dora != (magnitude != null)) {
            throw fail(
                    dora
                            ? "use_dora is set, but it has no lora_magnitude_vector"
                            : "it has a lora_magnitude_vector, but use_dora is not set");
        }
        if (magnitude != null && magnitude.shape().elements() != b.shape().dim(0)) {
            throw folder.invalidTensor(
                    magnitude.name(), "expected " + b.shape().dim(0) + " magnitudes, got " + magnitude.shape());
        }
        return magnitude;
    }

    private @Nullable Tensor biasDelta(LayerKind kind, Tensor b) {
        Tensor bias = tensors.get(PeftKey.Part.LORA_B_BIAS);
        boolean expected = folder.config().flag("lora_bias") && kind != LayerKind.EMBEDDING;
        if (expected != (bias != null)) {
            throw fail(
                    expected
                            ? "lora_bias is set, but it has no lora_B.bias"
                            : "it has a lora_B.bias, but lora_bias is not set");
        }
        if (bias != null && bias.shape().elements() != b.shape().dim(0)) {
            throw folder.invalidTensor(bias.name(), "expected " + b.shape().dim(0) + " elements, got " + bias.shape());
        }
        return bias;
    }

    private GraftException fail(String what) {
        return folder.incomplete(tensors.module(), what);
    }
}
