package dev.graft.compiler.attach;

import dev.graft.adapter.format.onnxadapter.NameStyle;
import java.util.List;

/**
 * How to attach.
 *
 * @param style whether A and B are initializers or inputs
 * @param names how inputs are named
 * @param slots further modules that get inputs, for adapters that come later; style input only
 * @param force whether an existing output is replaced
 */
public record AttachOptions(AttachStyle style, NameStyle names, List<Slot> slots, boolean force) {
    /** Style constant, nothing replaced. */
    public static final AttachOptions DEFAULT =
            new AttachOptions(AttachStyle.CONSTANT, NameStyle.OLIVE, List.of(), false);

    public AttachOptions {
        slots = List.copyOf(slots);
    }

    /** The same with another style. */
    public AttachOptions withStyle(AttachStyle other) {
        return new AttachOptions(other, names, slots, force);
    }
}
