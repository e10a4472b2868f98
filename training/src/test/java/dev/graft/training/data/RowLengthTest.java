package dev.graft.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.format.safetensors.SafetensorsWriter;
import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Shared;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows that are longer than what the model has positions for. */
class RowLengthTest {
    @TempDir
    Path folder;

    private Workspace work;

    /** A row is as many tokens as letters, with one before and one behind. */
    @BeforeEach
    void modelOfEightTokens() {
        work = Workspace.in(folder)
                .write("a.jsonl", "{\"text\": \"ab\"}\n{\"text\": \"abcdefghij\"}\n")
                .write("short.jsonl", "{\"text\": \"ab\"}\n{\"text\": \"ab\"}\n")
                .write("config.json", "{\"max_position_embeddings\": 8}");
        model(0);
    }

    @Test
    void aCutoffThatNobodySetIsNoMoreThanTheModelTakesWhichIsSaid() {
        TrainingData data = work.open("a.jsonl");

        assertThat(data.report().longest()).isEqualTo(8);
        assertThat(data.warnings())
                .containsExactly("cutoff_len is not set, and 8 where model.onnx takes 8 tokens: 1 row is cut");
        assertThat(work.open("short.jsonl").warnings()).isEmpty();
        assertThat(work.open("short.jsonl", "eval_dataset=a.jsonl").warnings()).hasSize(1);
    }

    @Test
    void aLongerRowThatACutoffAllowsIsRefusedWithItsLine() {
        GraftException error = work.refused("a.jsonl", "cutoff_len=20", "skip_bad_rows=true");

        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_DATA_INVALID);
        assertThat(error)
                .hasMessage(
                        "expected at most 8 tokens, as many as model.onnx takes in a row, got 12, which cutoff_len allows");
        assertThat(error.location().toString()).endsWith("a.jsonl, line 2");
        assertThat(error.remedy()).startsWith("Set cutoff_len to 8 or less, or leave it out");
        assertThat(work.open("short.jsonl", "cutoff_len=20").training().rows()).isEqualTo(2);
        assertThat(work.open("a.jsonl", "cutoff_len=8").warnings()).isEmpty();
    }

    @Test
    void labelledTextsToo() {
        work.write("a.csv", "text,label\nab,0\nabcdefghij,1\n");

        assertThat(work.refused("a.csv", "loss=regression", "cutoff_len=20")
                        .location()
                        .toString())
                .endsWith("a.csv, line 3");
        assertThat(work.open("a.csv", "loss=regression").report().longest()).isEqualTo(8);
    }

    @Test
    void sequencesThatAreMadeLongerFitToo() {
        assertThat(work.refused("short.jsonl", "packing=true", "cutoff_len=20"))
                .hasMessageEndingWith("packing makes sequences of cutoff_len 20 tokens, and model.onnx takes 8");
        assertThat(work.open("short.jsonl", "packing=true")
                        .training()
                        .batch(0, 0)
                        .tokens())
                .isEqualTo(8);
        assertThat(work.open("a.jsonl", "pad_to_multiple_of=3").report().longest())
                .isEqualTo(6);
        assertThat(work.refused("a.jsonl", "pad_to_multiple_of=3", "cutoff_len=8"))
                .hasMessageEndingWith("pad_to_multiple_of makes 9 tokens of a row of 8, and model.onnx takes 8");
    }

    @ParameterizedTest
    @CsvSource({
        "config.json, '{\"n_positions\": 6}', 6",
        "config.json, '{\"model_type\": \"roberta\", \"max_position_embeddings\": 8, \"pad_token_id\": 1}', 6",
        "config.json, '{\"model_type\": \"bert\", \"max_position_embeddings\": 8, \"pad_token_id\": 1}', 8",
        "config.json, '{\"max_position_embeddings\": -1}', 12",
        "config.json, '{}', 12"
    })
    void configurationsTellInTheirOwnWays(String name, String text, int longest) {
        work.write(name, text);

        assertThat(work.open("a.jsonl").report().longest()).isEqualTo(longest);
    }

    @Test
    void theTableOfPositionsTellsWhereNoConfigurationDoes() {
        work.write("config.json", "{}");
        model(7);

        assertThat(work.open("a.jsonl").report().longest()).isEqualTo(7);
    }

    @Test
    void aModelOfOnnxruntimeGenaiTellsByItsRotations() {
        Path model = Shared.path("models/stories260K/genai_fp32/model.onnx");

        assertThat(ModelLimits.of(model).positions()).hasValue(512);
    }

    @Test
    void tensorsOfLongerRowsAreRefused() {
        Tensor ids = new Tensor("input_ids", DType.INT64, Shape.of(1, 9), ByteSource.ofArray(new byte[72]));
        Tensor labels = new Tensor("labels", DType.INT64, Shape.of(1, 9), ByteSource.ofArray(new byte[72]));
        SafetensorsWriter.write(folder.resolve("a.safetensors"), Map.of(), List.of(ids, labels));

        GraftException error = work.refused("a.safetensors", "loss=causal_lm");

        assertThat(error)
                .hasMessage("expected rows of at most 8 tokens, as many as model.onnx takes, got int64 [1, 9]");
        assertThat(error.location().toString()).endsWith("a.safetensors, tensor 'input_ids'");
    }

    /** A model whose file is all that is read; 0 positions are none. */
    private void model(long positions) {
        OnnxModel model = OnnxModel.create(10, 21);
        GraphEditor editor = new GraphEditor(model);
        GraphBuilder g = editor.atEnd(model.graph());
        ValueType type = ValueType.of(DType.INT64, new Dim.Symbolic("batch"), new Dim.Symbolic("length"));
        Value ids = editor.addGraphInput(model.graph(), "input_ids", type);
        Value sum = g.node("Cast", "", List.of(ids), List.of(Attribute.of("to", 1L)));
        if (positions > 0) {
            Value places = editor.addGraphInput(model.graph(), "position_ids", type);
            Tensor table = Tensor.ofFloats("table", Shape.of(positions, 1), new float[(int) positions]);
            sum = g.gather(g.initializer("table", table), places, 0);
        }
        editor.addGraphOutput(sum);
        ModelWriter.write(model, folder.resolve("model.onnx"));
    }
}
