package dev.graft.runtime.batching;

import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * An adapter that fits the slots of one model: its factors in the model's number format, checked, ready to be copied into a slot. Immutable; two of the same
 * contents are two adapters.
 */
public final class SlotAdapter {
    private final String name;
    private final BatchedLayout layout;
    private final Map<String, HostTensor> factors;
    private final int rank;

    SlotAdapter(String name, BatchedLayout layout, Map<String, HostTensor> factors, int rank) {
        this.name = name;
        this.layout = layout;
        this.factors = Map.copyOf(factors);
        this.rank = rank;
    }

    /** What it is called. */
    public String name() {
        return name;
    }

    /** The largest rank of its modules. */
    public int rank() {
        return rank;
    }

    /** The bytes of its factors, outside the Java heap. */
    public long bytes() {
        return factors.values().stream()
                .mapToLong(factor -> factor.bytes().remaining())
                .sum();
    }

    Map<String, HostTensor> factors() {
        return factors;
    }

    /** Its factors under the names of the model's inputs. */
    List<Tensor> tensors() {
        return factors.entrySet().stream()
                .map(factor -> factor.getValue().named(factor.getKey()))
                .toList();
    }

    boolean fits(BatchedLayout other) {
        return layout.equals(other);
    }

    @Override
    public String toString() {
        return name;
    }
}
