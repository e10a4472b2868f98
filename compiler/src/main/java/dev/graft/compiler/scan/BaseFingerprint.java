package dev.graft.compiler.scan;

import dev.graft.adapter.format.onnxadapter.OnnxAdapterFile;
import dev.graft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A number for the weights of a model, by which an adapter file says which base it was made for. It is taken from types, shapes and the first and last bytes of
 * every large weight, so that a base of many gigabytes costs no more than a small one; names do not count.
 */
public final class BaseFingerprint {
    private static final int LARGE = 256;
    private static final int SAMPLE = 256;

    private BaseFingerprint() {}

    /**
     * The fingerprint of a model, or of the base that it was attached to.
     *
     * @return in the range that {@link OnnxAdapterFile#isFingerprint} accepts
     * @throws dev.graft.error.GraftException {@code IO_FAILED}
     */
    public static int of(ModelIndex model) {
        String known = model.metadata().get(OnnxAdapterFile.BASE_KEY);
        if (known != null && known.matches("[0-9]{1,10}") && OnnxAdapterFile.isFingerprint(Long.parseLong(known))) {
            return Integer.parseInt(known);
        }
        MessageDigest digest = sha256();
        for (TensorIndex tensor : model.graph().initializers().values()) {
            if (tensor.shape().elements() >= LARGE) {
                tensor.tensor().ifPresent(stored -> add(digest, stored));
            }
        }
        return OnnxAdapterFile.fingerprint(ByteBuffer.wrap(digest.digest()).getInt());
    }

    private static void add(MessageDigest digest, Tensor tensor) {
        digest.update((tensor.dtype() + " " + tensor.shape()).getBytes(StandardCharsets.UTF_8));
        int length = (int) Math.min(SAMPLE, tensor.bytes().size());
        for (long place : new long[] {0, tensor.bytes().size() - length}) {
            ByteBuffer sample = ByteBuffer.allocate(length);
            tensor.bytes().read(place, sample);
            digest.update(sample.flip());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
