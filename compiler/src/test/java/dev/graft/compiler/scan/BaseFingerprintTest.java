package dev.graft.compiler.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterFile;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterReader;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachReport;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.io.Progress;
import dev.graft.testing.Fixtures;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaseFingerprintTest {
    private static final Path BASE = Fixtures.path("llama/base/model_dynamo.onnx");

    @TempDir
    Path folder;

    @Test
    void modelAndAdapterFileSayWhichBaseTheyAreOf() {
        int base = BaseFingerprint.of(ModelScanner.scan(BASE));
        AttachReport report = Attacher.attach(
                resolve(BASE),
                folder.resolve("attached.onnx"),
                AttachOptions.DEFAULT.withStyle(AttachStyle.INPUT),
                Progress.NONE);
        ModelIndex attached = ModelScanner.scan(report.output());

        assertThat(OnnxAdapterFile.isFingerprint(base)).isTrue();
        assertThat(attached.metadata()).containsEntry("graft.base", Integer.toString(base));
        assertThat(BaseFingerprint.of(attached)).as("still the base's").isEqualTo(base);
        assertThat(OnnxAdapterReader.read(report.adapter().orElseThrow()).modelVersion())
                .isEqualTo(base);
    }

    @Test
    void otherWeightsAreAnotherBase() {
        Path merged = folder.resolve("merged.onnx");
        Merger.merge(resolve(BASE), merged, MergeOptions.defaults(), Progress.NONE);

        assertThat(BaseFingerprint.of(ModelScanner.scan(merged)))
                .isNotEqualTo(BaseFingerprint.of(ModelScanner.scan(BASE)))
                .isEqualTo(BaseFingerprint.of(ModelScanner.scan(merged)));
    }

    @Test
    void whatOthersWriteIsNoFingerprint() {
        for (long version : new long[] {0, 1, 2, 1000, -1, 1L << 31, 20261124}) {
            assertThat(OnnxAdapterFile.isFingerprint(version)).isFalse();
        }
        for (int hash : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThat(OnnxAdapterFile.isFingerprint(OnnxAdapterFile.fingerprint(hash)))
                    .isTrue();
        }
    }

    private static Resolution resolve(Path base) {
        Path adapter = Fixtures.path("llama/lora/adapter");
        return Resolver.resolve(
                ModelScanner.scan(base),
                List.of(WeightedAdapter.of(AdapterFiles.readAdapter(adapter, ReadOptions.DEFAULT))),
                ResolveOptions.DEFAULT);
    }
}
