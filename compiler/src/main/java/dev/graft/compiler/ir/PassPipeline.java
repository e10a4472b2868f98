package dev.graft.compiler.ir;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.ArrayList;
import java.util.List;

/** Runs passes one after the other and verifies the model before the first and after each. */
public final class PassPipeline {
    private static final int REPORTED_PROBLEMS = 3;

    private final List<ModelPass> passes;

    /** A pipeline of these passes. */
    public PassPipeline(ModelPass... passes) {
        this.passes = List.of(passes);
    }

    /**
     * Runs the passes.
     *
     * @throws GraftException {@code ONNX_MALFORMED} if the model is not sound to begin with, {@code INTERNAL} if a pass broke it
     */
    public PassResult run(OnnxModel model) {
        sort(model);
        verify(model, ErrorCode.ONNX_MALFORMED, "the model is not sound");
        boolean modified = false;
        List<String> done = new ArrayList<>();
        for (ModelPass pass : passes) {
            pass.requires(model);
            PassResult result = pass.call(model);
            modified |= result.modified();
            verify(model, ErrorCode.INTERNAL, "pass " + pass.name() + " (after " + done + ") left the model unsound");
            pass.ensures(model);
            done.add(pass.name());
        }
        return new PassResult(model, modified);
    }

    /** ONNX Runtime takes nodes in any order, so exporters' mistakes live on; passes need not think of them. */
    private static void sort(OnnxModel model) {
        GraphEditor editor = new GraphEditor(model);
        model.graphs().forEach(editor::sort);
    }

    private static void verify(OnnxModel model, ErrorCode code, String what) {
        List<String> problems = ModelVerifier.problems(model);
        if (!problems.isEmpty()) {
            List<String> reported = problems.subList(0, Math.min(REPORTED_PROBLEMS, problems.size()));
            throw new GraftException(
                    code,
                    what + ": " + String.join("; ", reported)
                            + (problems.size() > reported.size()
                                    ? "; and " + (problems.size() - reported.size()) + " more"
                                    : ""),
                    model.file().map(Location::ofFile).orElse(Location.NONE),
                    code == ErrorCode.INTERNAL ? "Please report this with the model." : "Export the model again.");
        }
    }
}
