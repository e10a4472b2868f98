package dev.graft.compiler.resolve;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.compiler.scan.ModelIndex;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Every change of every adapter, bound to the model.
 *
 * @param model the model
 * @param adapters the adapters; where the base decides the shape of a change, with the shape that it has for this model
 * @param bindings one or more per change: a low-rank change with a bias delta is bound to the weight and to the bias
 * @param warnings what a person should know
 */
public record Resolution(
        ModelIndex model, List<WeightedAdapter> adapters, List<Binding> bindings, List<String> warnings) {
    public Resolution {
        adapters = List.copyOf(adapters);
        bindings = List.copyOf(bindings);
        warnings = List.copyOf(warnings);
    }

    /** The files of model and adapters: what an output made of them must not overwrite. */
    public List<Path> inputs() {
        List<Path> inputs = new ArrayList<>(List.of(model.file()));
        inputs.addAll(model.dataFiles().values());
        adapters.forEach(weighted -> inputs.addAll(weighted.adapter().files()));
        return inputs;
    }
}
