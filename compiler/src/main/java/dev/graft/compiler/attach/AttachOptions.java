package dev.graft.compiler.attach;

import dev.graft.adapter.format.onnxadapter.NameStyle;
import java.util.List;

/**
 * How to attach.
 *
 * @param style whether A and B are initializers or inputs
 * @param form where constant branches join; style constant only
 * @param names how inputs are named
 * @param slots further modules that get inputs, for adapters that come later; styles input and batched
 * @param capacity how many adapters of which rank there is room for; style batched only
 * @param copyData whether the output gets data files of its own where it could share the base's
 * @param force whether an existing output is replaced
 */
public record AttachOptions(
        AttachStyle style,
        AttachForm form,
        NameStyle names,
        List<Slot> slots,
        SlotCapacity capacity,
        boolean copyData,
        boolean force) {
    /** Style constant, nothing replaced. */
    public static final AttachOptions DEFAULT = new AttachOptions(
            AttachStyle.CONSTANT, AttachForm.CHEAPEST, NameStyle.OLIVE, List.of(), SlotCapacity.DEFAULT, false, false);

    public AttachOptions {
        slots = List.copyOf(slots);
    }

    /** The same with another style. */
    public AttachOptions withStyle(AttachStyle other) {
        return new AttachOptions(other, form, names, slots, capacity, copyData, force);
    }

    /** The same with another form. */
    public AttachOptions withForm(AttachForm other) {
        return new AttachOptions(style, other, names, slots, capacity, copyData, force);
    }

    /** The same with another naming of inputs. */
    public AttachOptions withNames(NameStyle other) {
        return new AttachOptions(style, form, other, slots, capacity, copyData, force);
    }

    /** The same with slots. */
    public AttachOptions withSlots(List<Slot> other) {
        return new AttachOptions(style, form, names, other, capacity, copyData, force);
    }

    /** The same with room for so many adapters. */
    public AttachOptions withCapacity(SlotCapacity other) {
        return new AttachOptions(style, form, names, slots, other, copyData, force);
    }

    /** The same with data files of its own. */
    public AttachOptions withCopiedData() {
        return new AttachOptions(style, form, names, slots, capacity, true, force);
    }

    /** The same, replacing an existing output. */
    public AttachOptions withForce() {
        return new AttachOptions(style, form, names, slots, capacity, copyData, true);
    }
}
