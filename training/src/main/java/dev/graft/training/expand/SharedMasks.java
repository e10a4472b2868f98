package dev.graft.training.expand;

import dev.graft.compiler.ir.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Masks that were written once and serve all layers. The layers are written out in order, so a mask stands before who reads it. */
final class SharedMasks {
    private final Map<List<Object>, Value> masks = new HashMap<>();

    /** The mask that was written for the same key before, or a new one; a key holds all that the mask depends on. */
    Value of(List<Object> key, Supplier<Value> write) {
        Value known = masks.get(key);
        if (known == null) {
            known = write.get();
            masks.put(key, known);
        }
        return known;
    }
}
