package dev.graft.batched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.cli.verify.Verification;
import dev.graft.cli.verify.Verification.Check;
import dev.graft.cli.verify.Verification.Outcome;
import dev.graft.cli.verify.Verifier;
import dev.graft.cli.verify.VerifyRequest;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachReport;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.attach.Slots;
import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.io.Progress;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A graph that swaps batch and steps in a way that cannot be read from it: attaching warns, and verify finds out. */
class MixedRowsTest {
    private static final int WIDTH = 8;

    @TempDir
    Path folder;

    @Test
    void rowsThatMixAreFoundByVerify() {
        ModelIndex base = ModelScanner.scan(write());
        Adapter adapter = RandomAdapters.of(Slots.select(base, Slots.ALL_LINEAR), 4, 1);
        Resolution resolution = Resolver.resolve(base, List.of(WeightedAdapter.of(adapter)), ResolveOptions.DEFAULT);

        AttachReport report = Attacher.attach(
                resolution,
                folder.resolve("batched/model.onnx"),
                AttachOptions.DEFAULT.withStyle(AttachStyle.BATCHED),
                Progress.NONE);
        Verification found = Verifier.verify(
                new VerifyRequest(
                        resolution, Optional.empty(), Optional.of(report.output()), Optional.empty(), 2, true, false),
                Progress.NONE);

        assertThat(report.warnings())
                .containsExactly("for 1 of 1 products the graph does not show that the rows of a batch come first; "
                        + "graft verify tries it");
        assertThat(found.passed()).isFalse();
        // with one adapter in all rows nothing shows
        assertThat(found.checks())
                .filteredOn(check -> check.name().equals("outputs, attached"))
                .extracting(Check::outcome)
                .containsExactly(Outcome.PASSED);
        assertThat(found.causes())
                .containsExactly(
                        "the attached model: row 1 of 2 does not follow its own slot: the graph mixes the rows of a "
                                + "batch");
    }

    private Path write() {
        GraphEditor editor = new GraphEditor(OnnxModel.create(8, 17));
        ValueType type = ValueType.of(
                DType.FLOAT32, new Dim.Symbolic("batch"), new Dim.Symbolic("sequence"), new Dim.Fixed(WIDTH));
        Value x = editor.addGraphInput(editor.model().graph(), "x", type);
        GraphBuilder g = editor.atEnd(editor.model().graph());
        Value weight = g.initializer("q.weight", random());
        Value y = swapped(g, g.matMul(swapped(g, x), weight));
        editor.setType(y, type);
        editor.addGraphOutput(y);
        Path file = folder.resolve("base.onnx");
        ModelWriter.write(editor.model(), file);
        return file;
    }

    private static Value swapped(GraphBuilder g, Value value) {
        return g.node("Einsum", "", List.of(value), List.of(Attribute.of("equation", "ijk->jik")));
    }

    private static Tensor random() {
        Random random = new Random(5);
        double[] values = new double[WIDTH * WIDTH];
        Arrays.setAll(values, i -> random.nextGaussian());
        return Tensor.ofDoubles("w", DType.FLOAT32, Shape.of(WIDTH, WIDTH), values);
    }
}
