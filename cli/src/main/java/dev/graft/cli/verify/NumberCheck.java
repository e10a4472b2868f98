package dev.graft.cli.verify;

import dev.graft.cli.text.Numbers;
import dev.graft.cli.verify.Verification.Check;
import dev.graft.cli.verify.Verification.Outcome;
import dev.graft.cli.verify.Verification.OutputErrors;
import dev.graft.runtime.compare.NumericVerdict;
import dev.graft.runtime.compare.Observation;
import dev.graft.runtime.compare.OutputVerdict;
import dev.graft.runtime.session.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether an artifact's outputs are about as close to the exact answer as base and adapter side by side are; the rule is {@link
 * NumericVerdict}'s.
 */
final class NumberCheck {
    /** How the finding on a model begins that ONNX Runtime refuses. */
    static final String NOT_RUNNABLE = "cannot be run: ";

    /** What the models are called in tables. */
    static final String UNMERGED = "base + adapter";

    private final List<Check> checks = new ArrayList<>();
    private final List<OutputErrors> errors = new ArrayList<>();
    private final List<String> causes = new ArrayList<>();

    List<Check> checks() {
        return checks;
    }

    List<OutputErrors> errors() {
        return errors;
    }

    List<String> causes() {
        return causes;
    }

    /**
     * Judges one artifact.
     *
     * @param name merged or attached
     * @param runs each sample's outputs of all models
     */
    void judge(String name, List<SampleRun> runs) {
        Optional<String> other = OtherOutputs.find(name, runs);
        if (other.isPresent()) {
            checks.add(new Check("outputs, " + name, Outcome.FAILED, other.get()));
            causes.add("outputs of the " + name + " model: " + other.get());
            return;
        }
        List<Observation> observations = new ArrayList<>();
        for (SampleRun run : runs) {
            run.artifact(name).forEach((output, values) -> observations.add(observation(run, output, values, name)));
        }
        if (observations.isEmpty()) {
            checks.add(new Check("outputs, " + name, Outcome.SKIPPED, "no output is made of floats"));
            return;
        }
        NumericVerdict verdict = NumericVerdict.of(observations);
        for (OutputVerdict output : verdict.outputs()) {
            if (output.outcome() == OutputVerdict.Outcome.FAILED) {
                causes.add("outputs of the " + name + " model: " + output.reason(name));
            }
            addErrors(name, output, runs);
        }
        checks.add(new Check("outputs, " + name, outcome(verdict), finding(verdict)));
    }

    /** Judges an artifact that ONNX Runtime refuses. */
    void fail(String name, String reason) {
        checks.add(new Check("outputs, " + name, Outcome.FAILED, NOT_RUNNABLE + reason));
        causes.add("the " + name + " model cannot be run: " + reason);
    }

    private static Observation observation(SampleRun run, String output, HostTensor values, String name) {
        Observation observation = new Observation(
                output,
                SampleRuns.output(run.exact(), output),
                SampleRuns.output(run.unmerged(), output),
                values,
                Optional.empty(),
                Optional.of(SampleRuns.output(run.base(), output)));
        HostTensor rounded = run.exactMerged().get(output);
        return rounded == null || !name.equals(Artifacts.MERGED) ? observation : observation.withExactMerged(rounded);
    }

    private static Outcome outcome(NumericVerdict verdict) {
        if (verdict.isFailed()) {
            return Outcome.FAILED;
        }
        return verdict.isPassed() ? Outcome.PASSED : Outcome.SKIPPED;
    }

    private static String finding(NumericVerdict verdict) {
        OutputVerdict worst = verdict.failures().isEmpty()
                ? verdict.outputs().get(0)
                : verdict.failures().get(0);
        String measured = "'" + worst.output() + "' is off by at most "
                + Numbers.significant(worst.merged().max())
                + ", base and adapter side by side by "
                + Numbers.significant(worst.unmerged().max()) + "; allowed "
                + Numbers.significant(worst.maxTolerance());
        return verdict.isFailed() || verdict.isPassed()
                ? measured
                : measured + "; the adapter's whole effect is smaller, so outputs prove nothing";
    }

    private void addErrors(String name, OutputVerdict output, List<SampleRun> runs) {
        boolean first = errors.stream()
                .noneMatch(line ->
                        line.output().equals(output.output()) && line.model().equals(UNMERGED));
        if (first) {
            errors.add(OutputMeasure.of(UNMERGED, output.output(), runs, SampleRun::unmerged, Double.NaN));
        }
        errors.add(OutputMeasure.of(name, output.output(), runs, run -> run.artifact(name), output.maxTolerance()));
    }

    /**
     * One sample through all models.
     *
     * @param base outputs of the base
     * @param exact of base and adapter side by side in float64
     * @param unmerged of the same in the model's own type
     * @param exactMerged of the merged weights in float64; empty where rounding them costs nothing that can be seen
     * @param artifacts of the artifacts under test, by name
     */
    record SampleRun(
            Map<String, HostTensor> base,
            Map<String, HostTensor> exact,
            Map<String, HostTensor> unmerged,
            Map<String, HostTensor> exactMerged,
            Map<String, Map<String, HostTensor>> artifacts) {
        Map<String, HostTensor> artifact(String name) {
            return artifacts.getOrDefault(name, Map.of());
        }
    }
}
