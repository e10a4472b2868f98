package dev.graft.testkit.difference;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.io.Progress;
import dev.graft.io.TemporaryFolder;
import dev.graft.testkit.difference.TargetFinding.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the weights of a model that are not what merging an adapter into a base gives; merges into a temporary folder to know. */
public final class MergeCheck {
    private static final int DIAGNOSED = 16;

    private final Map<String, WeightTriple> targets = new LinkedHashMap<>();
    private final List<TargetFinding> wrong = new ArrayList<>();

    private MergeCheck() {}

    /**
     * The wrong weights, in the order of the file.
     *
     * @param actual a model of the base's architecture
     * @throws dev.graft.error.GraftException if base and adapter do not merge
     */
    public static List<TargetFinding> findWrongTargets(Path base, WeightedAdapter adapter, ModelIndex actual) {
        ModelIndex index = ModelScanner.scan(base);
        Resolution resolution = Resolver.resolve(index, List.of(adapter), ResolveOptions.DEFAULT);
        try (TemporaryFolder folder = TemporaryFolder.create("testkit")) {
            Path merged = folder.path().resolve(base.getFileName().toString());
            Merger.merge(resolution, merged, MergeOptions.defaults(), Progress.NONE);
            MergeCheck check = new MergeCheck();
            check.compare(resolution, ModelScanner.scan(merged), actual);
            return List.copyOf(check.wrong);
        }
    }

    private void compare(Resolution resolution, ModelIndex expected, ModelIndex actual) {
        Map<TensorIndex, String> modules = new LinkedHashMap<>();
        for (Binding binding : resolution.bindings()) {
            modules.merge(binding.view().tensor(), binding.module(), (one, other) -> one + " and " + other);
        }
        Map<String, TensorIndex> merged = StoredTensors.of(expected);
        Map<String, TensorIndex> others = StoredTensors.of(actual);
        Map<String, TensorChange> deviations = new LinkedHashMap<>();
        TensorChanges.between(expected, actual).forEach(change -> deviations.put(change.tensor(), change));
        StoredTensors.of(resolution.model()).forEach((name, tensor) -> {
            String module = modules.get(tensor);
            TensorIndex wanted = merged.get(name);
            TensorIndex got = others.get(name);
            boolean readable = tensor.dtype().isFloat() && tensor.tensor().isPresent();
            if (module != null && wanted != null && got != null && readable) {
                targets.put(name, new WeightTriple(name, module, tensor, wanted, got));
            }
        });
        deviations.forEach((name, change) -> {
            WeightTriple triple = targets.get(name);
            if (triple == null) {
                String known =
                        change.modules().isEmpty() ? name : change.modules().get(0);
                wrong.add(new TargetFinding(
                        name,
                        known,
                        Kind.NOT_A_TARGET,
                        Double.NaN,
                        "",
                        change.changed(),
                        change.shape().elements(),
                        change.largest()));
            } else if (!triple.isWithinRounding()) {
                wrong.add(diagnose(triple, change));
            }
        });
    }

    private TargetFinding diagnose(WeightTriple triple, TensorChange change) {
        WeightTriple.Likeness likeness = triple.likeness(triple);
        Kind kind = Kind.OTHER_CHANGE;
        String other = "";
        if (!likeness.isFinite()) {
            kind = Kind.NOT_FINITE;
        } else if (likeness.isNothing()) {
            kind = Kind.UNCHANGED;
        } else if (likeness.isSameDirection()) {
            kind = Kind.SCALED;
        } else if (wrong.size() < DIAGNOSED && triple.isTransposed()) {
            kind = Kind.TRANSPOSED;
        } else if (wrong.size() < DIAGNOSED) {
            other = moduleOfChange(triple);
            kind = other.isEmpty() ? Kind.OTHER_CHANGE : Kind.SWAPPED;
        }
        double factor = kind == Kind.SCALED ? likeness.factor() : Double.NaN;
        return new TargetFinding(
                triple.tensor(),
                triple.module(),
                kind,
                factor,
                other,
                change.changed(),
                change.shape().elements(),
                change.largest());
    }

    /** The other module whose change this weight has got, or nothing. */
    private String moduleOfChange(WeightTriple triple) {
        return targets.values().stream()
                .filter(candidate -> !candidate.tensor().equals(triple.tensor())
                        && candidate.base().shape().equals(triple.base().shape()))
                .filter(candidate -> triple.likeness(candidate).isSameDirection())
                .map(WeightTriple::module)
                .findFirst()
                .orElse("");
    }
}
