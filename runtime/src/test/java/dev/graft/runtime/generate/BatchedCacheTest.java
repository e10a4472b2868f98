package dev.graft.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.generate.cache.CacheLayout;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.runtime.tiny.TinyModel;
import dev.graft.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchedCacheTest {
    private static final int FLOAT = DType.FLOAT32.onnxNumber();
    private static final Path MODEL = Path.of("batched.onnx");

    @TempDir
    Path folder;

    @Test
    void aCacheOfOneTextIsRefusedByName() {
        GraftException error =
                catchThrowableOfType(GraftException.class, () -> BatchedCache.requireRows(MODEL, cache(1)));

        assertThat(error.code()).isEqualTo(ErrorCode.ONNX_UNSUPPORTED);
        assertThat(error)
                .hasMessage(
                        "the cache does not say where several texts would lie: past_key_values.0.key: float32 [1, 2, past, 4]");
        assertThat(error.remedy()).contains("Export the base with a free batch", "--style input");
    }

    @Test
    void aFreeBatchHoldsSeveralTexts() {
        assertThatCode(() -> BatchedCache.requireRows(MODEL, cache("batch"))).doesNotThrowAnyException();
    }

    private CacheLayout cache(Object batch) {
        TinyModel model = TinyModel.create()
                .input("new", FLOAT, batch, 2, "s", 4)
                .input("past_key_values.0.key", FLOAT, batch, 2, "past", 4)
                .node("Concat", Map.of("axis", 2L), List.of("past_key_values.0.key", "new"), "present.0.key")
                .output("present.0.key", FLOAT, batch, 2, "all", 4);
        try (ModelSession session =
                ModelSession.open(model.write(folder.resolve("cached.onnx")), SessionSettings.DEFAULT)) {
            return CacheLayout.find(session, InputHints.NONE);
        }
    }
}
