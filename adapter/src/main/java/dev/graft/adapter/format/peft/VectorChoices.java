package dev.graft.adapter.format.peft;

import dev.graft.error.GraftException;
import dev.graft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads which vectors of VB-LoRA's bank make up a matrix, and checks that they exist.
 *
 * <p>Weights are computed in float64; PEFT rounds each of them to float32.
 */
final class VectorChoices {
    private final PeftFolder folder;
    private final int vectors;
    private final int topk;

    VectorChoices(PeftFolder folder) {
        PeftConfig config = folder.config();
        this.folder = folder;
        this.vectors = (int) config.rank("num_vectors");
        this.topk = (int) config.rank("topk");
        if (topk > vectors) {
            throw config.invalid("topk is " + topk + ", but there are only " + vectors + " vectors");
        }
    }

    /** The choice that logits [first, second, num_vectors] make: the topk largest, weighted by their softmax. */
    VectorMix ofLogits(Tensor logits) {
        requireShape(logits, vectors, "num_vectors");
        double[] all = logits.toDoubles();
        int pieces = all.length / vectors;
        int[] chosen = new int[pieces * topk];
        double[] weights = new double[chosen.length];
        LargestLogits largest = new LargestLogits(all, topk);
        for (int piece = 0; piece < pieces; piece++) {
            if (!largest.choose(piece * vectors, vectors, chosen, piece * topk)) {
                throw folder.invalidTensor(
                        logits.name(), "expected finite logits, or minus infinity for vectors that are not chosen");
            }
            for (int i = piece * topk; i < (piece + 1) * topk; i++) {
                weights[i] = all[piece * vectors + chosen[i]];
            }
            softmax(weights, piece * topk);
        }
        return mix(logits, chosen, weights);
    }

    /**
     * The choice as save_only_topk_weights stores it: numbers [first, second, topk] and all weights but the last, [first, second, topk - 1].
     */
    VectorMix ofTop(Tensor indices, Tensor stored) {
        requireShape(indices, topk, "topk");
        requireShape(stored, topk - 1, "topk - 1");
        if (stored.shape().dim(0) != indices.shape().dim(0)
                || stored.shape().dim(1) != indices.shape().dim(1)) {
            throw folder.invalidTensor(
                    stored.name(), "expected weights for indices " + indices.shape() + ", got " + stored.shape());
        }
        int[] chosen = numbers(indices);
        requireDistinct(indices, chosen);
        return mix(indices, chosen, withLast(stored, chosen.length / topk));
    }

    private void requireShape(Tensor tensor, int last, String option) {
        boolean fits = tensor.shape().rank() == 3
                && tensor.shape().dim(0) > 0
                && tensor.shape().dim(1) > 0
                && tensor.shape().dim(2) == last;
        if (!fits) {
            throw folder.invalidTensor(
                    tensor.name(), "expected [., ., " + last + "], as " + option + " says, got " + tensor.shape());
        }
    }

    private void softmax(double[] weights, int at) {
        double sum = 0;
        double largest = weights[at];
        for (int i = at; i < at + topk; i++) {
            weights[i] = Math.exp(weights[i] - largest);
            sum += weights[i];
        }
        for (int i = at; i < at + topk; i++) {
            weights[i] /= sum;
        }
    }

    /** The last weight of each piece is what the others leave of 1. */
    private double[] withLast(Tensor stored, int pieces) {
        double[] all = stored.toDoubles();
        double[] weights = new double[pieces * topk];
        double tolerance = 2 * topk * stored.dtype().unitRoundoff();
        for (int piece = 0; piece < pieces; piece++) {
            double rest = 1;
            for (int i = 0; i < topk - 1; i++) {
                double weight = all[piece * (topk - 1) + i];
                if (!(weight >= 0)) {
                    throw folder.invalidTensor(stored.name(), "expected weights from 0 to 1, got " + weight);
                }
                weights[piece * topk + i] = weight;
                rest -= weight;
            }
            if (rest < -tolerance) {
                throw folder.invalidTensor(
                        stored.name(), "expected weights that add up to at most 1, got " + (1 - rest));
            }
            weights[piece * topk + topk - 1] = Math.max(rest, 0);
        }
        return weights;
    }

    private int[] numbers(Tensor indices) {
        ByteBuffer bytes = ByteBuffer.wrap(indices.toBytes()).order(ByteOrder.LITTLE_ENDIAN);
        int[] numbers = new int[(int) indices.shape().elements()];
        for (int i = 0; i < numbers.length; i++) {
            long number = switch (indices.dtype()) {
                case UINT8 -> bytes.get() & 0xff;
                case INT16 -> bytes.getShort();
                case INT32 -> bytes.getInt();
                default -> bytes.getLong();
            };
            if (number < 0 || number >= vectors) {
                throw outside(indices, number);
            }
            numbers[i] = (int) number;
        }
        return numbers;
    }

    /** PEFT scatters the weights by these numbers: a second one would overwrite the first. */
    private void requireDistinct(Tensor indices, int[] numbers) {
        int[] seenIn = new int[vectors];
        for (int i = 0; i < numbers.length; i++) {
            int piece = i / topk + 1;
            if (seenIn[numbers[i]] == piece) {
                throw folder.invalidTensor(indices.name(), "vector " + numbers[i] + " is chosen twice for one piece");
            }
            seenIn[numbers[i]] = piece;
        }
    }

    private VectorMix mix(Tensor tensor, int[] chosen, double[] weights) {
        int first = (int) tensor.shape().dim(0);
        int second = (int) tensor.shape().dim(1);
        return new VectorMix(tensor.name(), first, second, topk, chosen, weights);
    }

    private GraftException outside(Tensor indices, long number) {
        return folder.invalidTensor(
                indices.name(), "expected numbers of vectors from 0 to " + (vectors - 1) + ", got " + number);
    }
}
