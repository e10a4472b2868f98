package dev.graft.compiler.attach;

import dev.graft.adapter.format.onnxadapter.NameStyle;
import java.util.List;

/**
 * How to attach.
 *
 * @param style whether A and B are initializers or inputs
 * @param form where constant branches join; style constant only
 * @param names how inputs are named
 * @param slots further modules that get inputs, for adapters that come later; style input only
 * @param force whether an existing output is replaced
 */
public record AttachOptions(AttachStyle style, AttachForm form, NameStyle names, List<Slot> slots, boolean force) {
    /** Style constant, nothing replaced. */
    public static final AttachOptions DEFAULT =
            new AttachOptions(AttachStyle.CONSTANT, AttachForm.CHEAPEST, NameStyle.OLIVE, List.of(), false);

    public AttachOptions {
        slots = List.copyOf(slots);
    }

    /** The same with another style. */
    public AttachOptions withStyle(AttachStyle other) {
        return new AttachOptions(other, form, names, slots, force);
    }

    /** The same with another form. */
    public AttachOptions withForm(AttachForm other) {
        return new AttachOptions(style, other, names, slots, force);
    }

    /** The same with another naming of inputs. */
    public AttachOptions withNames(NameStyle other) {
        return new AttachOptions(style, form, other, slots, force);
    }

    /** The same with slots. */
    public AttachOptions withSlots(List<Slot> other) {
        return new AttachOptions(style, form, names, other, force);
    }

    /** The same, replacing an existing output. */
    public AttachOptions withForce() {
        return new AttachOptions(style, form, names, slots, true);
    }
}
