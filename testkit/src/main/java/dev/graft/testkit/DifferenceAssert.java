package dev.graft.testkit;

import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.testkit.difference.Modules;
import dev.graft.testkit.difference.StoredTensors;
import dev.graft.testkit.difference.TensorChange;
import dev.graft.testkit.difference.TensorChanges;
import dev.graft.testkit.error.ShouldDifferOnlyIn;
import dev.graft.testkit.error.ShouldNameWeights;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The second half of {@code differsOnlyIn(...).from(base)}. */
public final class DifferenceAssert {
    private final ModelAssert model;
    private final List<String> names;

    DifferenceAssert(ModelAssert model, List<String> names) {
        this.model = model;
        this.names = names;
    }

    /**
     * The model has the base's architecture, and no weight differs but those of the named modules. A named module whose weight does not differ is fine; a name
     * that means nothing in the base is a mistake in the test and fails it.
     */
    public ModelAssert from(Path base) {
        model.hasSameArchitectureAs(base);
        checkNames(base);
        List<TensorChange> unexpected = model.changesFrom(base).stream()
                .filter(change -> !Modules.meansTensor(names, change.tensor(), change.modules()))
                .toList();
        if (!unexpected.isEmpty()) {
            model.fail(new ShouldDifferOnlyIn(model.model(), base, names, unexpected));
        }
        return model;
    }

    private void checkNames(Path base) {
        ModelIndex index = ModelScanner.scan(base);
        Set<String> known = new LinkedHashSet<>();
        TensorChanges.modules(index).values().forEach(known::addAll);
        known.addAll(StoredTensors.of(index).keySet());
        List<String> unknown = names.stream()
                .filter(name -> known.stream().noneMatch(module -> Modules.means(name, module)))
                .toList();
        if (!unknown.isEmpty()) {
            model.fail(new ShouldNameWeights(base, unknown, known));
        }
    }
}
