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
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Fixtures;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Data that the model cannot take are refused with their place, before a graph is built. */
class ModelLimitsTest {
    private static final Tensor IDS = longs("input_ids", Shape.of(3, 2), 1, 2, 3, 4, 5, 6);

    @TempDir
    Path folder;

    private Workspace work;

    @BeforeEach
    void workspace() {
        work = Workspace.in(folder);
    }

    @ParameterizedTest
    @CsvSource({"-1", "3", "-99", "9223372036854775807", "-9223372036854775808"})
    void aLabelThatIsNoClassIsRefusedWithItsRow(long label) {
        classifier(3, "classes");
        tensors(IDS, longs("labels", Shape.of(3), 0, 2, label));

        refused(
                "loss=classification",
                "row 2: expected labels from 0 to 2, as the model's output logits: float32 [batch, classes] has, or -100 for none, got "
                        + label,
                "labels",
                "Number the classes from 0 on; rows are counted from 0 on.");
    }

    @Test
    void aLabelThatIsNotLearntIsNone() {
        classifier(3, 3);
        tensors(IDS, longs("labels", Shape.of(3), 0, 2, -100));

        assertThat(work.open("a.safetensors", "loss=classification")
                        .training()
                        .batch(0, 1)
                        .counted())
                .isZero();
    }

    @Test
    void negativeLabelsAreRefusedWhereTheModelSaysNothing() {
        tensors(IDS, longs("labels", Shape.of(3, 2), 1, 2, 3, -1, 5, 6));

        refused(
                "loss=causal_lm",
                "row 1: expected labels from 0 on, or -100 for none, got -1",
                "labels",
                "Labels are numbers of tokens of the model's own tokenizer; rows are counted from 0 on.");
    }

    @ParameterizedTest
    @CsvSource({"-1", "10", "4294967296"})
    void aTokenThatTheModelDoesNotKnowIsRefusedWithItsRow(long token) {
        classifier(3, 3);
        tensors(longs("input_ids", Shape.of(3, 2), 1, 2, 3, token, 5, 6), longs("labels", Shape.of(3), 0, 2, 1));

        refused(
                "loss=classification",
                "row 1: expected numbers from 0 to 9, which the model has a vector for, got " + token,
                "input_ids",
                "Make the numbers with the model's own tokenizer or table; rows are counted from 0 on.");
    }

    @Test
    void tensorsOfAnotherKindThanTheInputAreRefused() {
        classifier(3, 3);
        tensors(Tensor.ofFloats("input_ids", Shape.of(3, 2), 1, 2, 3, 4, 5, 6), longs("labels", Shape.of(3), 0, 2, 1));
        refused(
                "loss=classification",
                "expected whole numbers for the model's input input_ids: int64 [batch, 2], got float32 [3, 2]",
                "input_ids",
                "Save the tensor as int64.");

        tensors(longs("input_ids", Shape.of(2, 3), 1, 2, 3, 4, 5, 6), longs("labels", Shape.of(2), 0, 2));
        refused(
                "loss=classification",
                "expected rows that fit the model's input input_ids: int64 [batch, 2], got int64 [2, 3]",
                "input_ids",
                "Save one row of the input for each example, one behind the other.");
    }

    @Test
    void aRegressionWantsAsManyNumbersAsTheOutputHas() {
        classifier(2, 2);
        tensors(IDS, Tensor.ofFloats("labels", Shape.of(3), 1, 2, 3));
        refused(
                "loss=regression",
                "expected labels of the shape of the model's output logits: float32 [batch, 2], got float32 [3]",
                "labels",
                "Save labels of the output's shape; of several outputs the first of floating point is compared.");

        tensors(IDS, Tensor.ofFloats("labels", Shape.of(3, 2), 1, 2, 3, 4, Float.NaN, 6));
        refused(
                "loss=regression",
                "row 2: expected finite numbers, got NaN",
                "labels",
                "Leave such rows out; rows are counted from 0 on.");
    }

    /** A dimension of 1 may be there or not; the training graph's input of labels has as many as the output. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 3, '[2, 1]'",
        "1, classes, 3, '[2, 1]'",
        "1, 1, 3x1x1, '[2, 1]'",
        "2, 2, 3x2, '[2, 2]'",
        "2, 2, 3x1x2, '[2, 2]'"
    })
    void numbersAreGivenTheDimensionsOfTheOutput(int numbers, String written, String shape, String expected) {
        classifier(numbers, written.equals("classes") ? written : Integer.valueOf(written));
        long[] dims = Arrays.stream(shape.split("x")).mapToLong(Long::parseLong).toArray();
        float[] values = {1, 2, 3, 4, 5, 6};
        tensors(IDS, Tensor.ofFloats("labels", Shape.of(dims), Arrays.copyOf(values, 3 * numbers)));

        HostTensor labels = work.open("a.safetensors", "loss=regression")
                .training()
                .batch(0, 0)
                .labels()
                .orElseThrow();

        assertThat(labels).hasToString("float32 " + expected);
        assertThat(labels.toDoubles()).startsWith(1, 2).hasSize(2 * numbers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3x2", "4x1", "6"})
    void numbersInAnotherOrderThanTheOutputsAreRefused(String row) {
        OnnxModel model = OnnxModel.create(10, 21);
        GraphEditor editor = new GraphEditor(model);
        GraphBuilder g = editor.atEnd(model.graph());
        Dim batch = new Dim.Symbolic("batch");
        Value x = editor.addGraphInput(
                model.graph(), "x", ValueType.of(DType.FLOAT32, batch, new Dim.Fixed(2), new Dim.Fixed(3)));
        Value y = g.node("Identity", x);
        editor.rename(y, "y");
        editor.setType(y, ValueType.of(DType.FLOAT32, batch, new Dim.Fixed(2), new Dim.Fixed(3)));
        editor.addGraphOutput(y);
        ModelWriter.write(model, folder.resolve("model.onnx"));
        long[] dims = Arrays.stream(("1x" + row).split("x"))
                .mapToLong(Long::parseLong)
                .toArray();
        Shape shape = Shape.of(dims);
        tensors(
                Tensor.ofFloats("x", Shape.of(1, 2, 3), new float[6]),
                Tensor.ofFloats("labels", shape, new float[(int) shape.elements()]));

        refused(
                "loss=regression",
                "expected labels of the shape of the model's output y: float32 [batch, 2, 3], got float32 " + shape,
                "labels",
                "Save labels of the output's shape; of several outputs the first of floating point is compared.");
    }

    @Test
    void oneNumberOfATextHasTheDimensionsOfTheOutput() {
        classifier(300, 1, 1);
        work.write("a.csv", "text,label\nx,0.5\ny,2\n");

        assertThat(work.open("a.csv", "loss=regression").training().batch(0, 0).labels())
                .get()
                .hasToString("float32 [2, 1]");
    }

    @Test
    void aLossForAnotherKindOfModelIsRefused() {
        classifier(2, 2);
        tensors(IDS, longs("labels", Shape.of(3, 2), 1, 1, 1, 1, 1, 1));

        refused(
                "loss=causal_lm",
                "expected labels of the model's output logits: float32 [batch, 2] without its last dimension, got int64 [3, 2]",
                "labels",
                "Choose the loss for the model: causal_lm for the tokens of a text, classification for one class a row.");
    }

    @Test
    void aRowOfAClassThatTheModelHasNotIsABadRow() {
        classifier(300, 2, 2);
        work.write("a.csv", "text,label\nx,0\ny,1\nz,2\n").write("b.csv", "text,label\nx,a\ny,c\nz,b\n");

        GraftException numbered = work.refused("a.csv", "loss=classification");
        assertThat(numbered.code()).isEqualTo(ErrorCode.TRAINING_DATA_INVALID);
        assertThat(numbered)
                .hasMessage(
                        "expected one of 2 classes, numbered from 0 on, as the model's output logits: float32 [batch, 2] has, got number 2");
        assertThat(numbered.location().toString()).endsWith("a.csv, line 4");
        GraftException named = work.refused("b.csv", "loss=classification");
        assertThat(named).message().endsWith("got number 2 ('c' of 3)");
        assertThat(named.location().toString()).endsWith("b.csv, line 3");

        TrainingData kept = work.open("a.csv", "loss=classification", "skip_bad_rows=true");
        assertThat(kept.training().rows()).isEqualTo(2);
        assertThat(kept.report().rows()).isEqualTo(2);
        assertThat(kept.report().listed()).extracting(DataReport.BadRow::line).containsExactly(4L);
    }

    @Test
    void oneNumberARowWantsAModelOfOneNumber() {
        classifier(300, 2, 2);
        work.write("a.csv", "text,label\nx,0.5\n");

        GraftException error = work.refused("a.csv", "loss=regression");

        assertThat(error)
                .hasMessage(
                        "expected a model's output of one number a row for one label a row, got logits: float32 [batch, 2]");
        assertThat(error.location().toString()).endsWith("model.onnx");
    }

    @Test
    void tokensOfAnotherModelsTokenizerAreRefused() {
        classifier(200, 2, 2);
        work.write("a.csv", "text,label\na,0\n\u2603,1\n");

        GraftException error = work.refused("a.csv", "loss=classification", "skip_bad_rows=true");

        // the tests' tokenizer numbers characters from 100 on
        assertThat(error)
                .hasMessage("expected tokens below 200, as many as model.onnx knows, got 9831 from the tokenizer");
        assertThat(error.location().toString()).endsWith("a.csv, line 3");
        assertThat(error.remedy())
                .startsWith("Name the tokenizer.json that belongs to the model with the key tokenizer");
    }

    @ParameterizedTest
    @CsvSource({
        "llama/base/model_dynamo.onnx, 24, 24",
        "llama/base/model_ts.onnx, 24, 24",
        "gpt2/base/model_dynamo.onnx, 24, 24",
        "bert/base/model_dynamo.onnx, 24, 3"
    })
    void whatExportersWriteTellsVocabularyAndClasses(String model, long tokens, long width) {
        ModelLimits limits = ModelLimits.of(Fixtures.path(model));
        assertThat(limits.tokens().tokens()).hasValue(tokens);
        assertThat(limits.width()).hasValue(width);
    }

    @ParameterizedTest
    @CsvSource({
        "MatMul, 4x7",
        "Gemm, 4x7",
        "Gemm transposed, 7x4",
        "MatMul of a transposed weight, 7x4",
        "MatMulNBits, 7x1x16"
    })
    void theLastProductTellsTheWidthWhereTheOutputDoesNot(String form, String stored) {
        OnnxModel model = OnnxModel.create(10, 21);
        GraphEditor editor = new GraphEditor(model);
        editor.importOpset(GraphBuilder.MICROSOFT, 1);
        GraphBuilder g = editor.atEnd(model.graph());
        ValueType rows = ValueType.of(DType.FLOAT32, new Dim.Symbolic("batch"), new Dim.Fixed(4));
        Value x = editor.addGraphInput(model.graph(), "x", rows);
        long[] shape =
                Arrays.stream(stored.split("x")).mapToLong(Long::parseLong).toArray();
        Value weight = g.initializer("weight", zeros("weight", shape));
        Value product = switch (form) {
            case "MatMul" -> g.matMul(x, weight);
            case "Gemm" -> g.node("Gemm", x, weight);
            case "Gemm transposed" -> g.node("Gemm", "", List.of(x, weight), List.of(Attribute.of("transB", 1L)));
            case "MatMulNBits" ->
                g.node(
                        "MatMulNBits",
                        GraphBuilder.MICROSOFT,
                        List.of(x, weight),
                        List.of(Attribute.of("N", 7L), Attribute.of("K", 4L)));
            default -> g.matMul(x, g.transpose(weight, 1, 0));
        };
        Value logits = g.add(g.initializer("bias", zeros("bias", 7)), product);
        editor.setType(logits, ValueType.of(DType.FLOAT32, new Dim.Symbolic("batch"), new Dim.Symbolic("")));
        editor.addGraphOutput(logits);
        ModelWriter.write(model, folder.resolve("model.onnx"));

        ModelLimits limits = ModelLimits.of(folder.resolve("model.onnx"));

        assertThat(limits.width()).hasValue(7);
        assertThat(limits.numbersOfRow()).hasValue(7);
    }

    @Test
    void tokensAreKnownByTheSmallestTableThroughCastsAndShapes() {
        OnnxModel model = OnnxModel.create(10, 21);
        GraphEditor editor = new GraphEditor(model);
        GraphBuilder g = editor.atEnd(model.graph());
        Dim[] dims = {new Dim.Symbolic("batch"), new Dim.Symbolic("length")};
        Value ids = editor.addGraphInput(model.graph(), "input_ids", ValueType.of(DType.INT64, dims));
        Value flat = g.reshape(g.cast(ids, DType.INT32), -1);
        Value large = g.gather(g.cast(g.initializer("large", zeros("large", 40, 4)), DType.FLOAT16), flat, 0);
        Value small = g.cast(g.gather(g.initializer("small", zeros("small", 30, 4)), flat, 0), DType.FLOAT16);
        Value across = g.cast(g.gather(g.initializer("across", zeros("across", 4, 2)), flat, 1), DType.FLOAT16);
        editor.addGraphOutput(g.add(large, small));
        editor.addGraphOutput(across);
        ModelWriter.write(model, folder.resolve("model.onnx"));

        assertThat(ModelLimits.of(folder.resolve("model.onnx")).tokens().tokens())
                .hasValue(30);
    }

    @Test
    void whatBecomesOfPackedTextsIsSaid() {
        work.write("a.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\"}\n{\"text\": \"cde\"}\n");

        languageModel("position_ids");
        assertThat(work.open("a.jsonl", "packing=true", "cutoff_len=6").warnings())
                .containsExactly(
                        "packing puts 3 texts into 2 sequences, where a text sees those before it unless the model keeps texts apart by their positions; without "
                                + "packing every text is by itself");
        languageModel("attention_mask");
        assertThat(work.open("a.jsonl", "packing=true", "cutoff_len=6").warnings())
                .containsExactly(
                        "packing puts 3 texts into 2 sequences, where a text sees those before it and goes on with their positions: the model has no input for "
                                + "positions; without packing every text is by itself");
        assertThat(work.open("a.jsonl", "packing=true", "cutoff_len=5").warnings())
                .as("each alone in its sequence")
                .isEmpty();
        assertThat(work.open("a.jsonl").warnings()).isEmpty();
    }

    /** A model whose file is all that is read: tokens and another input, and logits. */
    private void languageModel(String second) {
        OnnxModel model = OnnxModel.create(10, 21);
        GraphEditor editor = new GraphEditor(model);
        GraphBuilder g = editor.atEnd(model.graph());
        Dim[] dims = {new Dim.Symbolic("batch"), new Dim.Symbolic("length")};
        Value ids = editor.addGraphInput(model.graph(), "input_ids", ValueType.of(DType.INT64, dims));
        Value other = editor.addGraphInput(model.graph(), second, ValueType.of(DType.INT64, dims));
        Value table = g.initializer("embed", zeros("embed", 300, 300));
        Value logits = g.add(g.gather(table, ids, 0), g.gather(table, other, 0));
        editor.setType(logits, ValueType.of(DType.FLOAT32, dims[0], dims[1], new Dim.Fixed(300)));
        editor.addGraphOutput(logits);
        ModelWriter.write(model, folder.resolve("model.onnx"));
    }

    /** Tokens [batch, 2] are looked up in 10 vectors, and the first one's is multiplied with a matrix. */
    private void classifier(int classes, Object written) {
        classifier(10, classes, written);
    }

    private void classifier(int vocabulary, int classes, Object written) {
        OnnxModel model = OnnxModel.create(10, 21);
        GraphEditor editor = new GraphEditor(model);
        GraphBuilder g = editor.atEnd(model.graph());
        Dim length = vocabulary == 10 ? new Dim.Fixed(2) : new Dim.Symbolic("length");
        Value ids = editor.addGraphInput(
                model.graph(), "input_ids", ValueType.of(DType.INT64, new Dim.Symbolic("batch"), length));
        Value vectors = g.gather(g.initializer("embed", zeros("embed", vocabulary, 4)), ids, 0);
        Value mean = g.node("ReduceMean", "", List.of(vectors, g.ints(1)), List.of(Attribute.of("keepdims", 0L)));
        Value logits = g.add(
                g.matMul(mean, g.initializer("head", zeros("head", 4, classes))),
                g.initializer("bias", zeros("bias", classes)));
        editor.rename(logits, "logits");
        Dim width = written instanceof String symbol ? new Dim.Symbolic(symbol) : new Dim.Fixed((Integer) written);
        editor.setType(logits, ValueType.of(DType.FLOAT32, new Dim.Symbolic("batch"), width));
        editor.addGraphOutput(logits);
        ModelWriter.write(model, folder.resolve("model.onnx"));
    }

    private static Tensor zeros(String name, long... shape) {
        Shape dims = Shape.of(shape);
        return Tensor.ofFloats(name, dims, new float[(int) dims.elements()]);
    }

    private void tensors(Tensor... tensors) {
        SafetensorsWriter.write(folder.resolve("a.safetensors"), Map.of(), Arrays.asList(tensors));
    }

    private void refused(String loss, String message, String tensor, String remedy) {
        GraftException error = work.refused("a.safetensors", loss);
        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_DATA_INVALID);
        assertThat(error).hasMessage(message);
        assertThat(error.location().toString()).endsWith("a.safetensors, tensor '" + tensor + "'");
        assertThat(error.remedy()).isEqualTo(remedy);
    }

    private static Tensor longs(String name, Shape shape, long... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asLongBuffer().put(values);
        return new Tensor(name, DType.INT64, shape, ByteSource.ofArray(buffer.array()));
    }
}
