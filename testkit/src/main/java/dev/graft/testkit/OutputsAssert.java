package dev.graft.testkit;

import dev.graft.compiler.scan.ModelScanner;
import dev.graft.error.FileFault;
import dev.graft.error.GraftException;
import dev.graft.io.TemporaryFolder;
import dev.graft.runtime.compare.OutputComparison;
import dev.graft.runtime.compare.OutputTolerance;
import dev.graft.runtime.inputs.InputFiles;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.ModelFolderHints;
import dev.graft.runtime.inputs.RunnableSamples;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.testkit.difference.PerturbedCopy;
import dev.graft.testkit.error.ShouldBeComparable;
import dev.graft.testkit.error.ShouldProduceSameOutputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * The second half of {@code producesSameOutputsAs(other).onSamples(4)}.
 *
 * <p>The tolerance, unless {@link #within} gives one, is measured for each sample and output: a copy of the other model in which every weight is rounded once
 * more runs too, and what the two differ by is what rounding costs; see {@link PerturbedCopy} and {@link OutputTolerance}.
 */
public final class OutputsAssert<A> {
    private static final long SEED = 1;

    private final Subject<A> subject;
    private final Path other;
    private final OptionalDouble tolerance;

    OutputsAssert(Subject<A> subject, Path other) {
        this(subject, other, OptionalDouble.empty());
    }

    private OutputsAssert(Subject<A> subject, Path other, OptionalDouble tolerance) {
        this.subject = subject;
        this.other = other;
        this.tolerance = tolerance;
    }

    /** Sets the largest absolute error that any element of any output may have. */
    public OutputsAssert<A> within(double largestError) {
        if (!(largestError >= 0)) {
            throw new IllegalArgumentException("not a tolerance: " + largestError);
        }
        return new OutputsAssert<>(subject, other, OptionalDouble.of(largestError));
    }

    /** Compares the outputs on so many made-up inputs of several sizes, the same ones every time. */
    public A onSamples(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("at least one sample is needed, got " + count);
        }
        try (ModelSession reference = open(other)) {
            return compare(reference, RunnableSamples.find(reference, hints(reference), count, SEED));
        }
    }

    /** Compares the outputs on the inputs in a {@code .safetensors} or {@code .jsonl} file; see {@link InputFiles}. */
    public A onInputs(Path file) {
        try (ModelSession reference = open(other)) {
            return compare(reference, InputFiles.read(file, reference.inputs(), hints(reference)));
        }
    }

    private InputHints hints(ModelSession reference) {
        return ModelFolderHints.read(other, reference.inputs()).orElse(GraphHints.of(ModelScanner.scan(other)));
    }

    private A compare(ModelSession reference, List<Map<String, HostTensor>> samples) {
        try (TemporaryFolder folder = TemporaryFolder.create("testkit");
                ModelSession again = open(tolerance.isPresent() ? other : perturbed(folder.path()));
                Subject.Opened opened = subject.open()) {
            for (int i = 0; i < samples.size(); i++) {
                compare(i, reference.run(samples.get(i)), again.run(samples.get(i)), opened.run(samples.get(i)));
            }
        } catch (GraftException e) {
            switch (e.code()) {
                case INPUTS_INVALID, VERIFICATION_FAILED ->
                    subject.fail(new ShouldBeComparable(subject.model(), other, e));
                default -> throw e;
            }
        }
        return subject.assertion();
    }

    private void compare(
            int sample, Map<String, HostTensor> expected, Map<String, HostTensor> again, Map<String, HostTensor> got) {
        Map<String, OutputComparison> noise = OutputComparison.ofAll(expected, again);
        OutputComparison.ofAll(expected, got).forEach((name, comparison) -> {
            double allowed =
                    tolerance.orElseGet(() -> OutputTolerance.ofTwoWays(Objects.requireNonNull(noise.get(name))));
            if (comparison.maxError() > allowed || comparison.mismatches() > 0) {
                subject.fail(new ShouldProduceSameOutputs(
                        subject.model(), other, sample, comparison, allowed, tolerance.isPresent()));
            }
        });
    }

    private Path perturbed(Path folder) {
        try {
            return PerturbedCopy.write(ModelScanner.scan(other), folder);
        } catch (IOException e) {
            throw FileFault.unwritable(folder, e);
        }
    }

    private static ModelSession open(Path file) {
        return ModelSession.open(file, SessionSettings.DEFAULT);
    }
}
