package dev.graft.adapter.format.onnxadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.adapter.Adapter;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedFactorsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "m.self_attn.q_proj.lora_A.weight, m.self_attn.q_proj.lora_B.weight, m.self_attn.q_proj",
        "base_model.model.m.q.lora_A.weight, base_model.model.m.q.lora_B.weight, m.q",
        "l.0.attn.q_proj.lora_A.MatMul.weight, l.0.attn.q_proj.lora_B.MatMul.weight, l.0.self_attn.q_proj",
        "h.0.attn.c_attn.lora_A.MatMul.weight, h.0.attn.c_attn.lora_B.MatMul.weight, h.0.attn.c_attn"
    })
    void bothConventionsAreReadAndTheFactorsTransposed(String nameOfA, String nameOfB, String module) {
        Adapter adapter = read(
                Tensor.ofFloats(nameOfA, Shape.of(3, 2), 1, 2, 3, 4, 5, 6),
                Tensor.ofFloats(nameOfB, Shape.of(2, 1), 7, 8));

        assertThat(adapter.lowRankChanges()).singleElement().satisfies(change -> {
            assertThat(change.module()).isEqualTo(module);
            assertThat(change.scaling()).isEqualTo(1);
            assertThat(change.a().shape()).isEqualTo(Shape.of(2, 3));
            assertThat(change.a().toDoubles()).containsExactly(1, 3, 5, 2, 4, 6);
            assertThat(change.b().shape()).isEqualTo(Shape.of(1, 2));
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "q.lora_A.weight 3x2 | it has no lora_B beside it",
                "q.lora_B.weight 3x2 | it has no lora_A beside it",
                "lora_A 3x2 | the name is neither Olive's MODULE.lora_A.weight nor onnxruntime-genai's",
                "q.lora_A.quant.weight 3x2 | a quantised factor is not supported",
                "q.lora_A.weight 3x2x1 | expected a floating-point matrix, got float32 [3, 2, 1]",
                "q.lora_A.weight 3x2 q.lora_B.weight 3x2 | expected A [in, rank] and B [rank, out] of one rank",
                "q.lora_A.weight 3x0 q.lora_B.weight 0x2 | expected A [in, rank] and B [rank, out] of one rank",
                "q.lora_A.weight 3x2 q.lora_A.MatMul.weight 3x2 | it plays the same part as"
            })
    void tensorsThatMakeNoAdapterAreRefused(String tensors, String message) {
        String[] words = tensors.split(" ", -1);
        Tensor[] all = Stream.iterate(0, i -> i < words.length, i -> i + 2)
                .map(i -> tensor(words[i], words[i + 1]))
                .toArray(Tensor[]::new);

        assertThatThrownBy(() -> read(all)).isInstanceOfSatisfying(GraftException.class, error -> {
            assertThat(error.code()).isEqualTo(ErrorCode.ADAPTER_TENSORS_INVALID);
            assertThat(error).hasMessageContaining(message);
        });
    }

    @Test
    void anEmptyFileIsNoAdapter() {
        assertThatThrownBy(this::read).hasMessage("the file holds no tensor");
    }

    private static Tensor tensor(String name, String shape) {
        Shape dims = Shape.of(
                Stream.of(shape.split("x", -1)).mapToLong(Long::parseLong).toArray());
        return Tensor.ofFloats(name, dims, new float[(int) dims.elements()]);
    }

    private Adapter read(Tensor... tensors) {
        Path file = folder.resolve("a.onnx_adapter");
        OnnxAdapterWriter.write(file, List.of(tensors));
        return NamedFactors.read(file);
    }
}
