package dev.graft.testkit;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.testkit.difference.ArchitectureDifferences;
import dev.graft.testkit.difference.MergeCheck;
import dev.graft.testkit.difference.TargetFinding;
import dev.graft.testkit.difference.TensorChange;
import dev.graft.testkit.difference.TensorChanges;
import dev.graft.testkit.error.ShouldBeMergeOf;
import dev.graft.testkit.error.ShouldHaveSameArchitecture;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.annotation.CheckReturnValue;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.error.ErrorMessageFactory;

/** Assertions about an ONNX model; every one of them throws a {@link dev.graft.error.GraftException} for a file that cannot be read. */
public final class ModelAssert extends AbstractAssert<ModelAssert, Path> {
    ModelAssert(Path actual) {
        super(actual, ModelAssert.class);
    }

    /** The model's graph equals the base's: the same operators, connections, attributes and inputs, weights of the same names, types and shapes. Values may differ. */
    public ModelAssert hasSameArchitectureAs(Path base) {
        isNotNull();
        List<String> differences = ArchitectureDifferences.between(ModelScanner.scan(base), index());
        if (!differences.isEmpty()) {
            fail(new ShouldHaveSameArchitecture(actual, base, differences));
        }
        return this;
    }

    /**
     * Begins the assertion that only some weights differ; nothing is checked before {@link DifferenceAssert#from}.
     *
     * @param names modules, by their whole path or its last parts ({@code q_proj} means that of every layer), or tensors by their name
     */
    @CheckReturnValue
    public DifferenceAssert differsOnlyIn(String... names) {
        isNotNull();
        return new DifferenceAssert(this, List.of(names));
    }

    /** The model is the base with the adapter merged into it; see {@link #isMergeOf(Path, Path, double)}. */
    public ModelAssert isMergeOf(Path base, Path adapter) {
        return isMergeOf(base, adapter, 1);
    }

    /**
     * The model is the base with the adapter merged into it at some weight: its architecture is the base's, every target's weight is what a merge gives up to
     * rounding, and no other weight differs.
     *
     * @param weight the factor on the adapter
     */
    public ModelAssert isMergeOf(Path base, Path adapter, double weight) {
        isNotNull();
        hasSameArchitectureAs(base);
        WeightedAdapter weighted = new WeightedAdapter(AdapterFiles.readAdapter(adapter, ReadOptions.DEFAULT), weight);
        List<TargetFinding> wrong = MergeCheck.findWrongTargets(base, weighted, index());
        if (!wrong.isEmpty()) {
            fail(new ShouldBeMergeOf(actual, base, adapter, weight, wrong));
        }
        return this;
    }

    /**
     * Begins the assertion that the model computes what another computes; nothing is checked before {@link OutputsAssert#onSamples} or {@link
     * OutputsAssert#onInputs}.
     */
    @CheckReturnValue
    public OutputsAssert<ModelAssert> producesSameOutputsAs(Path other) {
        isNotNull();
        return new OutputsAssert<>(new File(), other);
    }

    Path model() {
        return actual;
    }

    List<TensorChange> changesFrom(Path base) {
        return TensorChanges.between(ModelScanner.scan(base), index());
    }

    void fail(ErrorMessageFactory message) {
        throwAssertionError(message);
    }

    private final class File implements Subject<ModelAssert> {
        @Override
        public Path model() {
            return actual;
        }

        @Override
        public Opened open() {
            ModelSession session = ModelSession.open(actual, SessionSettings.DEFAULT);
            return new Opened() {
                @Override
                public Map<String, HostTensor> run(Map<String, HostTensor> inputs) {
                    return session.run(inputs);
                }

                @Override
                public void close() {
                    session.close();
                }
            };
        }

        @Override
        public void fail(ErrorMessageFactory message) {
            ModelAssert.this.fail(message);
        }

        @Override
        public ModelAssert assertion() {
            return ModelAssert.this;
        }
    }

    private ModelIndex index() {
        return ModelScanner.scan(actual);
    }
}
