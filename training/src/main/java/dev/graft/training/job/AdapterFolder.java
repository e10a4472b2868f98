package dev.graft.training.job;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.convert.AdapterConverter;
import dev.graft.adapter.format.convert.TargetFormat;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.adapter.format.peft.PeftWriter;
import dev.graft.training.adapter.TrainedAdapter;
import dev.graft.training.run.checkpoint.AdapterWriter;
import java.nio.file.Path;

/**
 * Writes what was learnt as PEFT does, and where there are nothing but low-rank pairs also as {@code adapter.onnx_adapter}.
 *
 * @param trained how values are an adapter
 * @param lowRankOnly whether nothing else is trained, no whole weight, bias or magnitude
 */
record AdapterFolder(TrainedAdapter trained, boolean lowRankOnly) implements AdapterWriter {
    /** The file for ONNX Runtime's own API. */
    static final String ONNX_ADAPTER = "adapter.onnx_adapter";

    @Override
    public void write(Path folder, float[] parameters) {
        Adapter adapter = trained.of(parameters);
        PeftWriter.write(adapter, folder, true);
        if (lowRankOnly) {
            AdapterConverter.convert(
                    adapter, folder.resolve(ONNX_ADAPTER), TargetFormat.ONNX_ADAPTER, NameStyle.OLIVE, true);
        }
    }
}
