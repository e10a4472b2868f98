package dev.graft.training.job;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.format.convert.AdapterConverter;
import dev.graft.adapter.format.convert.TargetFormat;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.adapter.format.peft.PeftWriter;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.training.adapter.TrainedAdapter;
import dev.graft.training.run.checkpoint.AdapterWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes what was learnt as PEFT does, and where there are nothing but low-rank pairs of linear layers also as {@code adapter.onnx_adapter}.
 *
 * @param trained how values are an adapter
 */
record AdapterFolder(TrainedAdapter trained) implements AdapterWriter {
    /** The file for ONNX Runtime's own API, which has no words for anything but pairs of matrices. */
    static final String ONNX_ADAPTER = "adapter.onnx_adapter";

    @Override
    public void write(Path folder, float[] parameters) {
        Adapter adapter = trained.of(parameters);
        PeftWriter.write(adapter, folder, true);
        Path forRuntime = folder.resolve(ONNX_ADAPTER);
        if (adapter.changes().stream().allMatch(AdapterFolder::isPair)) {
            AdapterConverter.convert(adapter, forRuntime, TargetFormat.ONNX_ADAPTER, NameStyle.OLIVE, true);
        } else {
            removeEarlier(forRuntime);
        }
    }

    private static boolean isPair(ModuleChange change) {
        return change instanceof LowRankChange low
                && low.kind() == LayerKind.LINEAR
                && low.magnitude() == null
                && low.biasDelta() == null;
    }

    /** That of another adapter would be taken for this one's. */
    private static void removeEarlier(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new GraftException(
                    ErrorCode.IO_FAILED,
                    "cannot remove the file of an earlier adapter: " + e.getMessage(),
                    Location.ofFile(file),
                    "Check that you may write there.",
                    e);
        }
    }
}
