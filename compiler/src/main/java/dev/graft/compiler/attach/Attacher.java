package dev.graft.compiler.attach;

import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassPipeline;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.io.OutputTransaction;
import dev.graft.io.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Attaches adapters to a model as side branches. */
public final class Attacher {
    private Attacher() {}

    /**
     * Writes the attached model; its data files are linked beside it, not copied, where the file system can.
     *
     * @param output the model file to write
     * @throws dev.graft.error.GraftException {@code ATTACH_UNSUPPORTED}, {@code ADAPTERS_CONFLICT}, {@code MERGE_NOT_FINITE}, {@code
     *     ONNX_MALFORMED}, {@code OUTPUT_EXISTS}, {@code OUTPUT_IS_INPUT}, {@code IO_FAILED}
     */
    public static AttachReport attach(Resolution resolution, Path output, AttachOptions options, Progress progress) {
        Path base = resolution.model().file();
        progress.begin("attaching " + resolution.bindings().size() + " changes", 3);
        OnnxModel model = ModelReader.read(base);
        int nodes = count(model);
        progress.advance(1);
        AttachPass pass = new AttachPass(resolution);
        new PassPipeline(pass).run(model);
        progress.advance(1);
        List<Path> files = new ArrayList<>(List.of(output));
        try (OutputTransaction transaction = OutputTransaction.open(output, options.force())) {
            transaction.refuseInputs(output, List.of(base));
            ModelWriter.write(model, transaction.stage(output));
            files.addAll(DataFiles.stage(resolution.model(), output, transaction));
            transaction.commit();
        }
        progress.end();
        return new AttachReport(
                output, files, Optional.empty(), pass.targets(), count(model) - nodes, resolution.warnings());
    }

    private static int count(OnnxModel model) {
        return model.graphs().stream().mapToInt(graph -> graph.nodes().size()).sum();
    }
}
