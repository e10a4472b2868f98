package dev.graft.cli.verify;

import dev.graft.cli.text.Numbers;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassPipeline;
import dev.graft.compiler.reference.Float64Pass;
import dev.graft.error.GraftException;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
     * The float64 twin of a model. Where a model can have none, it is run itself without ONNX Runtime's optimisations: what that
     * differs by is what its arithmetic costs, and the tolerance follows from it all the same.
     *
     * @param output where the twin goes
     */
    static Reference of(Path model, Path output) {
        try {
            Files.createDirectories(output.getParent());
            OnnxModel twin = ModelReader.read(model);
            Float64Pass pass = new Float64Pass();
            new PassPipeline(pass).run(twin);
            ModelWriter.write(twin, output);
            ModelSession.open(output, SessionSettings.DEFAULT).close();
            return new Reference(output, SessionSettings.DEFAULT, true, notes(pass.islands()));
        } catch (GraftException e) {
            return new Reference(
                    model,
                    SessionSettings.DEFAULT.withoutOptimization(),
                    false,
                    List.of(
                            "The reference is the model itself, run without optimisations, because it can have no float64 twin: "
                                    + e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> notes(List<String> islands) {
        return islands.isEmpty()
                ? List.of()
                : List.of("In the float64 reference " + Numbers.plural(islands.size(), "node")
                        + " still compute in single precision, such as " + islands.get(0));
    }
}
