package dev.graft.compiler.attach;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The nodes between a stored tensor and the node that uses it: Transpose, Cast, Identity and the like, usually none. */
public final class WeightChain {
    private final Value stored;
    private final List<Node> steps;

    private WeightChain(Value stored, List<Node> steps) {
        this.stored = stored;
        this.steps = steps;
    }

    /** Follows an input back to where it is stored. */
    public static WeightChain of(Value input) {
        List<Node> steps = new ArrayList<>();
        Value at = input;
        while (at.initializer().isEmpty() && at.producer().isPresent()) {
            Node node = at.producer().get();
            Value source = node.is("Constant") ? null : node.input(0);
            if (source == null) {
                break;
            }
            steps.add(node);
            at = source;
        }
        Collections.reverse(steps);
        return new WeightChain(at, steps);
    }

    /** The stored value: an initializer or the output of a Constant. */
    Value stored() {
        return stored;
    }

    /** Whether nothing can change the value at run time; before IR version 4 initializers are listed as inputs, and constant. */
    boolean isConstant(OnnxModel model) {
        return stored.constant().isPresent() || stored.initializer().isPresent() && model.irVersion() < 4;
    }

    /** The number format behind the last step, if it can be told. */
    Optional<DType> dtype() {
        for (int i = steps.size() - 1; i >= 0; i--) {
            Node step = steps.get(i);
            if (step.is("Cast")) {
                return DType.ofOnnxNumber(step.intAttribute("to", 0));
            }
            if (step.opType().equals("DequantizeLinear")) {
                return scaleType(step.input(1));
            }
        }
        return stored.initializer().or(stored::constant).map(data -> data.dtype());
    }

    /** Leads another stored value through copies of the same steps, into the same input of the same node. */
    public void rebuild(GraphEditor editor, Node user, int input, Value replacement, String name) {
        GraphBuilder g = editor.before(user).named(name);
        Value at = replacement;
        for (Node step : steps) {
            List<@Nullable Value> inputs = new ArrayList<>(step.inputs());
            inputs.set(0, at);
            at = g.node(step.opType(), step.domain(), inputs, List.copyOf(step.attributes()));
        }
        editor.replaceInput(user, input, at);
    }

    private static Optional<DType> scaleType(@Nullable Value scale) {
        return scale == null ? Optional.empty() : of(scale).dtype();
    }
}
