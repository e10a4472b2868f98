package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code graft verify} says of artifacts whose outputs cannot be held against the base's. */
class VerifyOutputsTest extends TypedCommands {
    private Path merged;

    @BeforeEach
    void merge() {
        merged = folder.resolve("merged.onnx");
        assertThat(run("merge", base, adapter, "-o", merged.toString()))
                .as(messages())
                .isZero();
    }

    @Test
    void anOutputOfAnotherNameIsAFinding() {
        assertThat(verify(editor -> editor.rename(logits(editor), "scores"))).isOne();
        assertThat(results())
                .contains("failed  outputs, merged", "it has the outputs [scores], the base [logits]")
                .contains("outputs of the merged model: it has the outputs");
    }

    @Test
    void anOutputOfAnotherShapeIsAFinding() {
        assertThat(verify(editor -> {
                    Value before = divert(editor);
                    Value axis = editor.after(before.producer().orElseThrow()).ints(0);
                    after(editor, before, "Unsqueeze", List.of(before, axis), List.of());
                }))
                .isOne();
        assertThat(results())
                .contains("failed  outputs, merged")
                .containsPattern("'logits' is \\[1, .*, the base's is \\[");
    }

    @Test
    void outputsThatAreNoNumbersAreNotVerified() {
        assertThat(verify(editor -> {
                    Value before = divert(editor);
                    after(editor, before, "Sqrt", List.of(before), List.of());
                }))
                .isOne();
        assertThat(results()).contains("values are not finite where the exact ones are");
    }

    @Test
    void aFailedAttachedModelIsCalledAttached() {
        assertThat(run("verify", base, adapter, "--attached", base)).isOne();
        assertThat(results()).contains("'logits': attached is off by at most").doesNotContain("merged is off");
    }

    private int verify(Consumer<GraphEditor> edit) {
        OnnxModel model = ModelReader.read(merged);
        edit.accept(new GraphEditor(model));
        Path edited = folder.resolve("edited.onnx");
        ModelWriter.write(model, edited);
        return run("verify", base, adapter, "--merged", edited.toString());
    }

    private static Graph graph(GraphEditor editor) {
        return editor.model().graph();
    }

    private static Value logits(GraphEditor editor) {
        return graph(editor).find("logits").orElseThrow();
    }

    private static Value divert(GraphEditor editor) {
        return editor.divertOutput(logits(editor).producer().orElseThrow(), 0, "before");
    }

    private static void after(
            GraphEditor editor, Value before, String operator, List<Value> inputs, List<Attribute> attributes) {
        editor.after(before.producer().orElseThrow()).nodeFor(logits(editor), operator, "", inputs, attributes);
    }
}
