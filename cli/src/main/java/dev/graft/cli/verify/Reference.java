package dev.graft.cli.verify;

import dev.graft.runtime.session.SessionSettings;
import java.nio.file.Path;
import java.util.List;

/**
 * What outputs are held against.
 *
 * @param model the model
 * @param settings how it is run
 * @param isExact whether it computes in float64; if not, it is the model itself, run as it is written
 * @param notes what a person should know
 */
record Reference(Path model, SessionSettings settings, boolean isExact, List<String> notes) {
    /**
     * The float64 twin of a model. A model with operators that have none is run without ONNX Runtime's optimisations instead: what
     * that differs by is what its arithmetic costs, and the tolerance follows from it all the same.
     *
     * @param output where the twin goes
     */
    static Reference of(Path model, Path output) {
        return new Reference(model, SessionSettings.DEFAULT.withoutOptimization(), false, List.of(
                "The reference is the model itself without ONNX Runtime's optimisations."));
    }
}
