package dev.graft.compiler.attach;

import dev.graft.adapter.FiniteValues;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterWriter;
import dev.graft.compiler.attach.AttachReport.AttachedTarget;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassPipeline;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.scan.BaseFingerprint;
import dev.graft.io.OutputTransaction;
import dev.graft.io.Progress;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Attaches adapters to a model as side branches. */
public final class Attacher {
    private Attacher() {}

    /**
     * Writes the attached model. Data files are linked beside it unless the options ask for copies; where the file system cannot, they are
     * copied, which a warning says.
     *
     * @param output the model file to write
     * @throws dev.graft.error.GraftException {@code ATTACH_UNSUPPORTED}, {@code SLOT_RANK_EXCEEDED}, {@code ADAPTERS_CONFLICT}, {@code
     *     MERGE_NOT_FINITE}, {@code ONNX_MALFORMED}, {@code OUTPUT_EXISTS}, {@code OUTPUT_IS_INPUT}, {@code IO_FAILED}
     */
    public static AttachReport attach(Resolution resolution, Path output, AttachOptions options, Progress progress) {
        Path base = resolution.model().file();
        progress.begin("attaching to " + base.getFileName(), 3);
        OnnxModel model = ModelReader.read(base);
        int nodes = count(model);
        progress.advance(1);
        Attachment attachment = edit(resolution, options, model);
        progress.advance(1);
        Written files = write(resolution, output, options, model, attachment.adapter());
        progress.end();
        return new AttachReport(
                output,
                files.all(),
                files.shared(),
                files.adapter(),
                attachment.targets(),
                count(model) - nodes,
                warnings(resolution, attachment, files));
    }

    /**
     * The attached model, in memory.
     *
     * @throws dev.graft.error.GraftException as {@link #attach} does, but for those about the output
     */
    public static OnnxModel attached(Resolution resolution, AttachOptions options) {
        OnnxModel model = ModelReader.read(resolution.model().file());
        edit(resolution, options, model);
        return model;
    }

    private record Attachment(List<AttachedTarget> targets, List<Tensor> adapter, List<String> warnings) {}

    private static List<String> warnings(Resolution resolution, Attachment attachment, Written files) {
        List<String> all = new ArrayList<>(resolution.warnings());
        all.addAll(attachment.warnings());
        all.addAll(files.warnings());
        return all;
    }

    private static Attachment edit(Resolution resolution, AttachOptions options, OnnxModel model) {
        resolution.adapters().stream()
                .filter(weighted -> weighted.weight() != 0)
                .forEach(weighted -> FiniteValues.require(weighted.adapter()));
        switch (options.style()) {
            case CONSTANT -> {
                ConstantPass pass = new ConstantPass(resolution, options.form());
                new PassPipeline(pass).run(model);
                return new Attachment(pass.targets(), List.of(), List.of());
            }
            case INPUT -> {
                InputPass pass = new InputPass(resolution, options);
                new PassPipeline(pass).run(model);
                return new Attachment(pass.targets(), pass.adapter(), List.of());
            }
            case BATCHED -> {
                BatchedPass pass = new BatchedPass(resolution, options);
                new PassPipeline(pass).run(model);
                return new Attachment(pass.targets(), pass.adapter(), pass.warnings());
            }
        }
        throw new IllegalStateException("no such style: " + options.style());
    }

    private record Written(List<Path> all, List<Path> shared, Optional<Path> adapter, List<String> warnings) {}

    private static Written write(
            Resolution resolution, Path output, AttachOptions options, OnnxModel model, List<Tensor> adapter) {
        List<Path> files = new ArrayList<>(List.of(output));
        Optional<Path> adapterFile = adapter.isEmpty() ? Optional.empty() : Optional.of(adapterFile(output));
        try (OutputTransaction transaction = OutputTransaction.open(output, options.force())) {
            transaction.refuseInputs(output, resolution.inputs());
            adapterFile.ifPresent(file -> transaction.refuseInputs(file, resolution.inputs()));
            ModelWriter.write(model, transaction.stage(output));
            adapterFile.ifPresent(file ->
                    OnnxAdapterWriter.write(transaction.stage(file), adapter, BaseFingerprint.of(resolution.model())));
            adapterFile.ifPresent(files::add);
            DataFiles data = DataFiles.stage(resolution.model(), output, transaction, options.copyData());
            data.files().forEach(file -> transaction.refuseInputs(file, resolution.inputs()));
            transaction.commit();
            files.addAll(data.files());
            return new Written(files, data.shared(), adapterFile, data.warnings());
        }
    }

    /** {@code attached.onnx} has {@code attached.onnx_adapter} beside it. */
    private static Path adapterFile(Path output) {
        String name = String.valueOf(output.getFileName());
        String stem = name.endsWith(".onnx") ? name.substring(0, name.length() - ".onnx".length()) : name;
        return output.resolveSibling(stem + ".onnx_adapter");
    }

    private static int count(OnnxModel model) {
        return model.graphs().stream().mapToInt(graph -> graph.nodes().size()).sum();
    }
}
