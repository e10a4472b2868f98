package dev.graft.training.autodiff.rules;

import ai.onnxruntime.OrtException;
import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import dev.graft.training.autodiff.GradientCheck;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row of the test table: one use of an operator, in some operator sets.
 *
 * @param outputs how many outputs the node has
 * @param floats float64, or float32 where ONNX Runtime's CPU provider has no double kernel for the operator or its gradient
 * @param step the distance of the central differences
 * @param tolerance the deviation allowed, relative to the greatest gradient of the input where that is above 1
 * @param firstOnly whether the loss depends on the first output alone
 * @param refusal a part of the reason for which the node is refused where lengths are known only at run time
 */
record Row(
        String domain,
        String operator,
        List<Long> opsets,
        List<Input> inputs,
        List<Attribute> attributes,
        int outputs,
        DType floats,
        double step,
        double tolerance,
        boolean firstOnly,
        @Nullable String refusal) {

    /** How the inputs' lengths are declared. */
    enum Lengths {
        FIXED,
        /** Equal lengths by one symbol. */
        NAMED,
        UNKNOWN
    }

    /** In float64. */
    static Row row(String operator, long... opsets) {
        return new Row(
                "",
                operator,
                Arrays.stream(opsets).boxed().toList(),
                List.of(),
                List.of(),
                1,
                DType.FLOAT64,
                1e-3,
                1e-8,
                false,
                null);
    }

    /** One of ONNX Runtime's own operators, in float32. */
    static Row microsoft(String operator) {
        Row row = row(operator, 17, 21).inFloat32();
        return new Row(
                GraphBuilder.MICROSOFT,
                operator,
                row.opsets,
                row.inputs,
                row.attributes,
                1,
                row.floats,
                row.step,
                row.tolerance,
                false,
                null);
    }

    Row in(Input... given) {
        return new Row(
                domain,
                operator,
                opsets,
                List.of(given),
                attributes,
                outputs,
                floats,
                step,
                tolerance,
                firstOnly,
                refusal);
    }

    Row with(Attribute... given) {
        List<Attribute> all = new ArrayList<>(attributes);
        all.addAll(List.of(given));
        return new Row(domain, operator, opsets, inputs, all, outputs, floats, step, tolerance, firstOnly, refusal);
    }

    Row outputs(int count) {
        return new Row(
                domain, operator, opsets, inputs, attributes, count, floats, step, tolerance, firstOnly, refusal);
    }

    /** Gradient in float32, differences in float64 where the forward can be written out in operators with double kernels. */
    Row inFloat32() {
        return new Row(
                domain,
                operator,
                opsets,
                inputs,
                attributes,
                outputs,
                DType.FLOAT32,
                1 / 32.0,
                2e-5,
                firstOnly,
                refusal);
    }

    /** An operator that is curved and has neither a double kernel nor a float64 reference. */
    Row curvedInFloat32() {
        return new Row(
                domain,
                operator,
                opsets,
                inputs,
                attributes,
                outputs,
                DType.FLOAT32,
                1 / 32.0,
                5e-4,
                firstOnly,
                refusal);
    }

    /** The same for an operator that is linear in each input, where a wide step costs nothing. */
    Row linearInFloat32() {
        return new Row(
                domain, operator, opsets, inputs, attributes, outputs, DType.FLOAT32, 0.5, 5e-5, firstOnly, refusal);
    }

    Row inFloat64() {
        return new Row(
                domain, operator, opsets, inputs, attributes, outputs, DType.FLOAT64, 1e-3, 1e-8, firstOnly, refusal);
    }

    Row tolerance(double allowed) {
        return new Row(
                domain, operator, opsets, inputs, attributes, outputs, floats, step, allowed, firstOnly, refusal);
    }

    Row onlyFirstOutput() {
        return new Row(domain, operator, opsets, inputs, attributes, outputs, floats, step, tolerance, true, refusal);
    }

    /** Where lengths are known only at run time it is refused with that reason. */
    Row fixedOnly(String reason) {
        return new Row(
                domain, operator, opsets, inputs, attributes, outputs, floats, step, tolerance, firstOnly, reason);
    }

    /** The operator's name in the table. */
    String name() {
        return domain.isEmpty() ? operator : domain + "." + operator;
    }

    /** The model of the node alone. */
    OnnxModel model(long opset, Lengths lengths) {
        OnnxModel model = OnnxModel.create(opset < 20 ? 8 : 10, opset);
        GraphEditor editor = new GraphEditor(model);
        if (!domain.isEmpty()) {
            editor.importOpset(domain, 1);
        }
        GraphBuilder g = editor.atEnd(model.graph()).named("row");
        List<@Nullable Value> values = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            values.add(value(editor, g, i, lengths));
        }
        List<Value> made = g.nodes(operator, domain, values, attributes, outputs);
        made.subList(0, firstOnly ? 1 : outputs).forEach(editor::addGraphOutput);
        return model;
    }

    private @Nullable Value value(GraphEditor editor, GraphBuilder g, int index, Lengths lengths) {
        Input input = inputs.get(index);
        if (input.kind() == Input.Kind.NONE) {
            return null;
        }
        HostTensor tensor = input.tensor(floats);
        if (input.constant()) {
            ByteBuffer bytes = tensor.bytes();
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            return g.initializer(
                    inputName(index), new Tensor("constant", tensor.dtype(), tensor.shape(), ByteSource.ofArray(copy)));
        }
        Dim[] dims = Arrays.stream(tensor.shape().toArray())
                .mapToObj(length -> switch (lengths) {
                    case FIXED -> new Dim.Fixed(length);
                    case NAMED -> new Dim.Symbolic("length" + length);
                    case UNKNOWN -> new Dim.Symbolic("");
                })
                .toArray(Dim[]::new);
        return editor.addGraphInput(g.graph(), inputName(index), ValueType.of(tensor.dtype(), dims));
    }

    Map<String, HostTensor> feeds() {
        Map<String, HostTensor> feeds = new LinkedHashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            Input input = inputs.get(i);
            if (input.kind() != Input.Kind.NONE && !input.constant()) {
                feeds.put(inputName(i), input.tensor(floats));
            }
        }
        return feeds;
    }

    List<String> wanted() {
        List<String> wanted = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).wanted()) {
                wanted.add(inputName(i));
            }
        }
        return wanted;
    }

    GradientCheck.Outcome check(long opset, Lengths lengths) throws OrtException {
        return new GradientCheck(() -> model(opset, lengths), feeds(), wanted(), step, Integer.MAX_VALUE).run();
    }

    private static String inputName(int index) {
        return "in" + index;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name());
        inputs.forEach(input -> text.append(' ').append(input));
        attributes.forEach(attribute -> text.append(' ')
                .append(attribute.name())
                .append('=')
                .append(attribute.value().toString().replaceAll("\\w*Value\\[\\w+=|\\]$", "")));
        return text.toString();
    }
}
