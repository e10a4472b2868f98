package dev.graft.training.expand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassPipeline;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A graph of one operator, some of whose inputs are fed and some stored, and the values that are fed. */
final class OperatorGraph {
    private static final double TOLERANCE = 1e-5;

    private final OnnxModel model;
    private final GraphEditor editor;
    private final GraphBuilder g;
    private final List<@Nullable Value> inputs = new ArrayList<>();
    private final Map<String, HostTensor> fed = new LinkedHashMap<>();
    private final Random random = new Random(7);

    OperatorGraph(long opset) {
        model = OnnxModel.create(10, opset);
        editor = new GraphEditor(model);
        g = editor.atEnd(model.graph());
        editor.importOpset(GraphBuilder.MICROSOFT, 1);
    }

    /** An input of normal numbers; a dimension is fixed where its name is a number. */
    OperatorGraph normal(String name, String dims, long... shape) {
        float[] values = new float[Math.toIntExact(Shape.of(shape).elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return fed(name, dims, HostTensor.ofFloats(Shape.of(shape), values));
    }

    /** An input. */
    OperatorGraph fed(String name, String dims, HostTensor value) {
        Dim[] types = Arrays.stream(dims.split(","))
                .filter(dim -> !dim.isEmpty())
                .<Dim>map(dim ->
                        Character.isDigit(dim.charAt(0)) ? new Dim.Fixed(Long.parseLong(dim)) : new Dim.Symbolic(dim))
                .toArray(Dim[]::new);
        inputs.add(editor.addGraphInput(model.graph(), name, ValueType.of(value.dtype(), types)));
        fed.put(name, value);
        return this;
    }

    /** A stored input of small normal numbers. */
    OperatorGraph weight(String name, long... shape) {
        double[] values = new double[Math.toIntExact(Shape.of(shape).elements())];
        Arrays.setAll(values, i -> random.nextGaussian() / 2);
        return stored(Tensor.ofDoubles(name, DType.FLOAT32, Shape.of(shape), values));
    }

    OperatorGraph stored(Tensor tensor) {
        inputs.add(g.initializer(tensor.name(), tensor));
        return this;
    }

    /** An input that is left out. */
    OperatorGraph none() {
        inputs.add(null);
        return this;
    }

    OnnxModel model() {
        return model;
    }

    Map<String, HostTensor> fed() {
        return fed;
    }

    /** Adds the operator, with its outputs as the graph's. */
    OperatorGraph operator(String domain, String name, int outputs, Attribute... attributes) {
        List<Value> made = g.named("layer").nodes(name, domain, inputs, List.of(attributes), outputs);
        for (int i = 0; i < made.size(); i++) {
            editor.rename(made.get(i), "out" + i);
            editor.addGraphOutput(made.get(i));
        }
        return this;
    }

    OperatorGraph microsoft(String name, int outputs, Attribute... attributes) {
        return operator(GraphBuilder.MICROSOFT, name, outputs, attributes);
    }

    /** Expands, and asserts that the outputs are what the operator gave. */
    void assertExpandsExactly() {
        Map<String, HostTensor> expected = Runs.run(model, fed, false);
        expand();
        Runs.assertSame(Runs.run(model, fed, true), expected, TOLERANCE);
        Runs.assertSame(Runs.run(model, fed, false), expected, TOLERANCE);
    }

    /** Expands, and asserts that no fused operator is left. */
    OperatorGraph expand() {
        new PassPipeline(new FusedOperatorsPass()).run(model);
        List<Node> left =
                model.graph().nodes().stream().filter(FusedOperatorsPass::has).toList();
        assertThat(left).extracting(Node::opType).isSubsetOf("FastGelu");
        return this;
    }
}
