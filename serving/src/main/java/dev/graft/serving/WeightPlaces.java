package dev.graft.serving;

import dev.graft.compiler.merge.MergedTensor;
import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.compiler.scan.TensorStorage;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ReplacedWeights;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts merged weights where ONNX Runtime takes them from: data of its own for a weight in a data file, the model's bytes for one in the model file. */
final class WeightPlaces {
    private final ModelIndex model;
    private final Map<String, HostTensor> external = new HashMap<>();
    private @Nullable ByteBuffer bytes;

    private WeightPlaces(ModelIndex model) {
        this.model = model;
    }

    /** The weights in their places, or nothing where one has a place that cannot be replaced in memory. */
    static Optional<ReplacedWeights> of(ModelIndex model, List<MergedTensor> merged) {
        WeightPlaces places = new WeightPlaces(model);
        for (MergedTensor tensor : merged) {
            if (!places.put(tensor)) {
                return Optional.empty();
            }
        }
        return Optional.of(new ReplacedWeights(places.bytes, places.external));
    }

    private boolean put(MergedTensor merged) {
        if (merged.tensor().storage() instanceof TensorStorage.External stored) {
            return putExternal(merged, stored.region());
        }
        return model.fileSize() <= Integer.MAX_VALUE && putInline(merged);
    }

    /** All initializers that lie there must be this one by another name: ONNX Runtime replaces initializers of the main graph, not bytes. */
    private boolean putExternal(MergedTensor merged, ByteRegion region) {
        List<TensorIndex> there = new ArrayList<>();
        for (TensorIndex tensor : model.graph().initializers().values()) {
            if (tensor.runs().stream().anyMatch(region::overlaps)) {
                there.add(tensor);
            }
        }
        boolean whole = there.stream()
                .allMatch(tensor -> tensor.runs().equals(List.of(region))
                        && tensor.dtype() == merged.tensor().dtype());
        if (!whole || !there.contains(merged.tensor())) {
            return false;
        }
        there.forEach(
                tensor -> external.put(tensor.name(), new HostTensor(tensor.dtype(), tensor.shape(), merged.bytes())));
        return true;
    }

    private boolean putInline(MergedTensor merged) {
        ByteBuffer target = bytes == null ? read() : bytes;
        bytes = target;
        int at = 0;
        for (ByteRegion run : merged.tensor().runs()) {
            int length = (int) run.length();
            target.put((int) run.offset(), merged.bytes(), at, length);
            at += length;
        }
        return true;
    }

    private ByteBuffer read() {
        ByteBuffer whole = ByteBuffer.allocateDirect((int) model.fileSize());
        new ByteRegion(model.file(), 0, model.fileSize()).bytes().read(0, whole);
        return whole.clear();
    }
}
