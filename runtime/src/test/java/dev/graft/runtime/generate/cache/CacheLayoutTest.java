package dev.graft.runtime.generate.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
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

class CacheLayoutTest {
    private static final int FLOAT = DType.FLOAT32.onnxNumber();

    @TempDir
    Path folder;

    @Test
    void aPairWithoutNamesIsTheOneThatTheGraphJoins() {
        TinyModel model = withNew(TinyModel.create())
                .input("past_a", FLOAT, "batch", 2, "earlier", 4)
                .input("past_b", FLOAT, "batch", 2, "earlier", 4)
                .node("Concat", Map.of("axis", 2L), List.of("past_b", "new"), "joined")
                .node("Identity", List.of("joined"), "first")
                .node("Concat", Map.of("axis", 2L), List.of("past_a", "new"), "second")
                .output("first", FLOAT, "batch", 2, "all", 4)
                .output("second", FLOAT, "batch", 2, "all", 4);

        assertThat(find(model, InputHints.NONE).parts())
                .extracting(CachePart::toString)
                .containsExactly("past_a -> second [1, 2, tokens, 4]", "past_b -> first [1, 2, tokens, 4]");
    }

    @Test
    void aModelWithoutACacheHasNone() {
        CacheLayout layout = find(
                withNew(TinyModel.create()).node("Exp", List.of("new"), "y").output("y", FLOAT, "batch", 2, "s", 4),
                InputHints.NONE);

        assertThat(layout.isPresent()).isFalse();
        assertThat(layout.shareable()).isFalse();
    }

    @Test
    void aCacheThatNothingContinuesIsRefused() {
        TinyModel model = withNew(TinyModel.create())
                .input("past_key_values.0.key", FLOAT, "batch", 2, "past", 4)
                .node("Concat", Map.of("axis", 2L), List.of("past_key_values.0.key", "new"), "joined")
                .node("Exp", List.of("joined"), "y")
                .output("y", FLOAT, "batch", 2, "all", 4);

        assertThat(refused(model))
                .hasMessage(
                        "no output continues the cache in the input past_key_values.0.key: float32 [batch, 2, past, 4]");
    }

    @Test
    void twoPartsThatGoOnInOneOutputAreRefused() {
        TinyModel model = TinyModel.create()
                .input("past_a", FLOAT, "batch", 2, "earlier", 4)
                .input("past_b", FLOAT, "batch", 2, "earlier", 4)
                .node("Concat", Map.of("axis", 2L), List.of("past_a", "past_b"), "all")
                .output("all", FLOAT, "batch", 2, "all", 4);

        assertThat(refused(model))
                .hasMessageStartingWith("one output seems to continue several parts of the cache: [past_a -> all");
    }

    @Test
    void aCacheOfAFixedLengthIsRefused() {
        TinyModel model = TinyModel.create()
                .input("past_key_values.0.key", FLOAT, "batch", 2, 128, 4)
                .node("Identity", List.of("past_key_values.0.key"), "present.0.key")
                .output("present.0.key", FLOAT, "batch", 2, 128, 4);

        assertThat(refused(model))
                .hasMessage(
                        "the cache has room for a fixed number of tokens: past_key_values.0.key: float32 [batch, 2, 128, 4]");
    }

    @Test
    void aSizeThatTheModelLeavesOpenComesFromItsConfiguration() {
        TinyModel model = withNew(TinyModel.create())
                .input("past_key_values.0.key", FLOAT, "batch", 2, "past", "kv_cache_dim")
                .node("Concat", Map.of("axis", 2L), List.of("past_key_values.0.key", "new"), "present.0.key")
                .output("present.0.key", FLOAT, "batch", 2, "all", "kv_cache_dim");

        assertThat(find(model, InputHints.NONE.withDim("kv_cache_dim", 4)).parts())
                .extracting(CachePart::shape)
                .containsExactly(List.of(1L, 2L, 0L, 4L));
        GraftException unknown = refused(model);
        assertThat(unknown)
                .hasMessage(
                        "the model does not say how long dimension 3 of its cache is: past_key_values.0.key: float32 [batch, 2, past, kv_cache_dim]");
        assertThat(unknown.remedy()).contains("genai_config.json");
    }

    private static TinyModel withNew(TinyModel model) {
        return model.input("new", FLOAT, "batch", 2, "s", 4);
    }

    private CacheLayout find(TinyModel model, InputHints hints) {
        try (ModelSession session =
                ModelSession.open(model.write(folder.resolve("model.onnx")), SessionSettings.DEFAULT)) {
            return CacheLayout.find(session, hints);
        }
    }

    private GraftException refused(TinyModel model) {
        GraftException error = catchThrowableOfType(GraftException.class, () -> find(model, InputHints.NONE));
        assertThat(error.code()).isEqualTo(ErrorCode.ONNX_UNSUPPORTED);
        return error;
    }
}
