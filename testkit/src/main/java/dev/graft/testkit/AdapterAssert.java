package dev.graft.testkit;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.FiniteValues;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.error.GraftException;
import dev.graft.tensor.Tensor;
import dev.graft.testkit.difference.Modules;
import dev.graft.testkit.error.ShouldFit;
import dev.graft.testkit.error.ShouldHaveFiniteValues;
import dev.graft.testkit.error.ShouldHaveForAllModules;
import dev.graft.testkit.error.ShouldHaveMethod;
import dev.graft.testkit.error.ShouldTarget;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.assertj.core.api.AbstractAssert;

/** Assertions about an adapter; every one of them throws a {@link GraftException} for a file that cannot be read. */
public final class AdapterAssert extends AbstractAssert<AdapterAssert, Path> {
    AdapterAssert(Path actual) {
        super(actual, AdapterAssert.class);
    }

    /** Every low-rank change has this rank, and there is one. */
    public AdapterAssert hasRank(long rank) {
        return hasForAllModules("rank", rank, LowRankChange::rank);
    }

    /** Every low-rank change has this scaling (alpha / rank, or alpha / sqrt(rank) for rsLoRA), and there is one. */
    public AdapterAssert hasScaling(double scaling) {
        return hasForAllModules("scaling", scaling, LowRankChange::scaling);
    }

    /** The adapter's method is this one: {@code LoRA}, {@code rsLoRA}, {@code DoRA}. Case does not count. */
    public AdapterAssert hasMethod(String method) {
        Adapter adapter = read();
        if (!adapter.method().equalsIgnoreCase(method)) {
            throwAssertionError(new ShouldHaveMethod(actual, method, adapter.method()));
        }
        return this;
    }

    /**
     * The adapter changes these modules and no others.
     *
     * @param names whole paths, or their last parts: {@code q_proj} means that of every layer
     */
    public AdapterAssert targets(String... names) {
        List<String> modules =
                read().changes().stream().map(ModuleChange::module).distinct().toList();
        List<String> untouched = List.of(names).stream()
                .filter(name -> modules.stream().noneMatch(module -> Modules.means(name, module)))
                .toList();
        List<String> unexpected = modules.stream()
                .filter(module -> List.of(names).stream().noneMatch(name -> Modules.means(name, module)))
                .toList();
        if (!untouched.isEmpty() || !unexpected.isEmpty()) {
            throwAssertionError(new ShouldTarget(actual, List.of(names), untouched, unexpected));
        }
        return this;
    }

    /** No value of any tensor is NaN or infinite. */
    public AdapterAssert hasFiniteValues() {
        for (ModuleChange change : read().changes()) {
            for (Tensor tensor : change.tensors()) {
                long notFinite = FiniteValues.countOthers(tensor);
                if (notFinite > 0) {
                    throwAssertionError(new ShouldHaveFiniteValues(actual, tensor, notFinite));
                }
            }
        }
        return this;
    }

    /** Every module of the adapter has one place in the model, of the right shape. */
    public AdapterAssert fits(Path model) {
        Adapter adapter = read();
        try {
            Resolver.resolve(ModelScanner.scan(model), List.of(WeightedAdapter.of(adapter)), ResolveOptions.DEFAULT);
        } catch (GraftException e) {
            switch (e.code()) {
                case TARGET_NOT_FOUND, TARGET_AMBIGUOUS, TARGET_SHAPE_MISMATCH ->
                    throwAssertionError(new ShouldFit(actual, model, e));
                default -> throw e;
            }
        }
        return this;
    }

    private <T> AdapterAssert hasForAllModules(String property, T expected, Function<LowRankChange, T> value) {
        Map<String, Object> others = new LinkedHashMap<>();
        List<LowRankChange> changes = read().lowRankChanges();
        for (LowRankChange change : changes) {
            T got = value.apply(change);
            if (!got.equals(expected)) {
                others.put(change.module(), got);
            }
        }
        if (changes.isEmpty() || !others.isEmpty()) {
            throwAssertionError(new ShouldHaveForAllModules(actual, property, expected, changes.size(), others));
        }
        return this;
    }

    private Adapter read() {
        isNotNull();
        return AdapterFiles.readAdapter(actual, ReadOptions.DEFAULT);
    }
}
