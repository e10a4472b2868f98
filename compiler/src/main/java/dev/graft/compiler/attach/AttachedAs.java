package dev.graft.compiler.attach;

import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Resolution;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells from an attached model how it was attached: its style from its inputs, its names, its slots and the room in them. */
public final class AttachedAs {
    private final Resolution resolution;
    private final Set<String> inputs;
    private final Map<String, String> metadata;

    private AttachedAs(Resolution resolution, OnnxModel attached) {
        this.resolution = resolution;
        this.inputs = attached.graph().inputs().stream()
                .filter(Value::isGraphInput)
                .map(Value::name)
                .collect(Collectors.toSet());
        this.metadata = attached.metadata();
    }

    /** The options that may have made a model, the likeliest first; never none. */
    public static List<AttachOptions> candidates(Resolution resolution, OnnxModel attached) {
        return new AttachedAs(resolution, attached).candidates();
    }

    private List<AttachOptions> candidates() {
        Set<String> more = new HashSet<>(inputs);
        resolution.model().graph().inputs().forEach(input -> more.remove(input.name()));
        if (more.isEmpty()) {
            return List.of(AttachOptions.DEFAULT, AttachOptions.DEFAULT.withForm(AttachForm.BESIDE));
        }
        boolean genai = more.stream().anyMatch(name -> name.contains(".lora_A.MatMul"));
        NameStyle names = genai ? NameStyle.GENAI : NameStyle.OLIVE;
        boolean batched = more.contains(StackInputs.SLOT);
        AttachOptions options = AttachOptions.DEFAULT
                .withStyle(batched ? AttachStyle.BATCHED : AttachStyle.INPUT)
                .withNames(names)
                .withSlots(slots(names));
        return List.of(batched ? options.withCapacity(capacity()) : options);
    }

    /** The modules that have inputs and no change by the adapters. */
    private List<Slot> slots(NameStyle names) {
        Set<String> taken = resolution.bindings().stream()
                .filter(AttachRules::takesPart)
                .map(Binding::module)
                .collect(Collectors.toSet());
        return Slots.find(resolution.model(), ".*").stream()
                .filter(slot -> inputs.contains(names.nameOfA(slot.module())))
                .filter(slot -> !taken.contains(slot.module()))
                .toList();
    }

    private SlotCapacity capacity() {
        return new SlotCapacity(
                number("graft.slots", SlotCapacity.DEFAULT.slots()),
                number("graft.max_rank", SlotCapacity.DEFAULT.maxRank()));
    }

    private int number(String key, int otherwise) {
        String text = metadata.getOrDefault(key, "");
        boolean fits = text.matches("[1-9][0-9]{0,3}") && Integer.parseInt(text) <= SlotCapacity.MOST;
        return fits ? Integer.parseInt(text) : otherwise;
    }
}
