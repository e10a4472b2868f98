package dev.graft.training.engine;

import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.training.graph.TrainingGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The inputs of a base model that are left in its training graph, without a session being opened for it. */
final class ModelInputs {
    private static final Set<String> OWN =
            Set.of(TrainingGraph.PARAMETERS, TrainingGraph.LABELS, TrainingGraph.WEIGHT, TrainingGraph.SEEDS);

    private ModelInputs() {}

    /** Those that a batch is to have, which leaves out inputs with a default. */
    static List<ValueDescription> of(TrainingGraph graph) {
        return graph.model().graph().inputs().stream()
                .filter(input ->
                        !OWN.contains(input.name()) && input.initializer().isEmpty())
                .map(ModelInputs::describe)
                .toList();
    }

    private static ValueDescription describe(Value input) {
        List<Dimension> dims = new ArrayList<>();
        for (Dim dim : input.type().flatMap(ValueType::dims).orElse(List.of())) {
            dims.add(
                    dim instanceof Dim.Fixed fixed
                            ? new Dimension.Fixed(fixed.length())
                            : new Dimension.Symbolic(((Dim.Symbolic) dim).symbol()));
        }
        return new ValueDescription(
                input.name(), input.type().map(ValueType::dtype).orElse(null), dims);
    }
}
