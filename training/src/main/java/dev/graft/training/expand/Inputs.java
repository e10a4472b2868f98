package dev.graft.training.expand;

import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.runtime.inputs.InputRole;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.ValueDescription;
import java.util.List;

/** What a graph's inputs are for, as {@link InputRole} knows it of a loaded model. */
final class Inputs {
    private Inputs() {}

    static InputRole role(Value input) {
        return InputRole.of(new ValueDescription(
                input.name(),
                input.type().map(ValueType::dtype).orElse(null),
                dims(input).stream().map(Inputs::dimension).toList()));
    }

    /** The dimensions; none where the rank is unknown. */
    static List<Dim> dims(Value input) {
        return input.type().flatMap(ValueType::dims).orElse(List.of());
    }

    private static Dimension dimension(Dim dim) {
        return dim instanceof Dim.Fixed fixed
                ? new Dimension.Fixed(fixed.length())
                : new Dimension.Symbolic(((Dim.Symbolic) dim).symbol());
    }
}
