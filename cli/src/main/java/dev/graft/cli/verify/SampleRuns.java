package dev.graft.cli.verify;

import dev.graft.cli.io.AdaptedModel;
import dev.graft.cli.verify.NumberCheck.SampleRun;
import dev.graft.cli.verify.Verification.Check;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.io.Progress;
import dev.graft.runtime.inputs.InputFiles;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.ModelFolderHints;
import dev.graft.runtime.inputs.RunnableSamples;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import dev.graft.testkit.GraphHints;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Runs the same inputs through base, reference, unmerged model and artifacts. One model is open at a time. */
final class SampleRuns {
    private static final int SEED = 1;

    private final VerifyRequest request;
    private final List<Map<String, HostTensor>> samples;
    private final Progress progress;
    private final Map<String, String> failures = new LinkedHashMap<>();

    private SampleRuns(VerifyRequest request, List<Map<String, HostTensor>> samples, Progress progress) {
        this.request = request;
        this.samples = samples;
        this.progress = progress;
    }

    /** Reads or makes the samples. */
    static SampleRuns of(VerifyRequest request, Progress progress) {
        try (ModelSession base = ModelSession.open(request.base(), SessionSettings.DEFAULT)) {
            InputHints hints = hints(request, base.inputs());
            List<Map<String, HostTensor>> samples = request.inputs().isPresent()
                    ? InputFiles.read(request.inputs().get(), base.inputs(), hints)
                    : RunnableSamples.find(base, hints, request.samples(), SEED);
            return new SampleRuns(request, samples, progress);
        }
    }

    /** An output that every run has. */
    static HostTensor output(Map<String, HostTensor> outputs, String name) {
        return Objects.requireNonNull(outputs.get(name), name);
    }

    /** What the graph, and the files beside the model, say of its inputs. */
    static InputHints hints(VerifyRequest request, List<ValueDescription> inputs) {
        return ModelFolderHints.read(request.base(), inputs)
                .orElse(GraphHints.of(request.resolution().model()));
    }

    int count() {
        return samples.size();
    }

    /**
     * Runs everything.
     *
     * @param exact the reference
     * @param unmerged base and adapter side by side
     * @param exactMerged the merged weights in float64, or none
     * @param artifacts the artifacts by name
     */
    List<SampleRun> run(Reference exact, Path unmerged, Optional<Path> exactMerged, Map<String, Path> artifacts) {
        progress.begin(
                "running " + samples.size() + " samples", 3L + artifacts.size() + (exactMerged.isPresent() ? 1 : 0));
        List<Map<String, HostTensor>> base = outputs(request.base());
        List<Map<String, HostTensor>> reference = outputs(exact.model(), exact.settings());
        List<Map<String, HostTensor>> sideBySide = outputs(unmerged);
        List<Map<String, HostTensor>> rounded = exactMerged.map(this::outputs).orElse(List.of());
        Map<String, List<Map<String, HostTensor>>> tested = new LinkedHashMap<>();
        artifacts.forEach((name, file) -> outputsOrFailure(name, file).ifPresent(found -> tested.put(name, found)));
        progress.end();
        List<SampleRun> runs = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            Map<String, Map<String, HostTensor>> ofSample = new LinkedHashMap<>();
            for (Map.Entry<String, List<Map<String, HostTensor>>> entry : tested.entrySet()) {
                ofSample.put(entry.getKey(), floats(entry.getValue().get(i)));
            }
            Map<String, HostTensor> exactlyMerged = rounded.isEmpty() ? Map.of() : rounded.get(i);
            runs.add(new SampleRun(base.get(i), reference.get(i), sideBySide.get(i), exactlyMerged, ofSample));
        }
        return runs;
    }

    /** Why artifacts could not be run, by name: that is a finding about them and no error of the command. */
    Map<String, String> failures() {
        return failures;
    }

    private Optional<List<Map<String, HostTensor>>> outputsOrFailure(String name, Path artifact) {
        try {
            return Optional.of(outputs(artifact));
        } catch (GraftException e) {
            // the base took the same inputs
            if (e.code() != ErrorCode.RUNTIME_FAILED && e.code() != ErrorCode.INPUTS_INVALID) {
                throw e;
            }
            failures.put(name, e.getMessage());
            return Optional.empty();
        }
    }

    private List<Map<String, HostTensor>> outputs(Path model) {
        return outputs(model, SessionSettings.DEFAULT);
    }

    private List<Map<String, HostTensor>> outputs(Path model, SessionSettings settings) {
        try (AdaptedModel adapted = open(model, settings)) {
            List<Map<String, HostTensor>> outputs = samples.stream()
                    .map(sample -> adapted.run(fitted(sample, adapted.inputs())))
                    .toList();
            progress.advance(1);
            return outputs;
        }
    }

    private AdaptedModel open(Path model, SessionSettings settings) {
        return AdaptedModel.open(model, settings, request.resolution().adapters());
    }

    /** Whether the rows of an artifact follow their slots, if it has any. */
    Optional<Check> checkRows(Path artifact) {
        try (AdaptedModel adapted = open(artifact, SessionSettings.DEFAULT)) {
            return BatchedRows.check(adapted, samples);
        }
    }

    /** The sample in the number formats of a model: a float64 reference takes doubles. */
    private static Map<String, HostTensor> fitted(Map<String, HostTensor> sample, List<ValueDescription> inputs) {
        Map<String, HostTensor> fitted = new LinkedHashMap<>(sample);
        for (ValueDescription input : inputs) {
            HostTensor value = sample.get(input.name());
            DType wanted = input.dtype();
            if (value != null && wanted != null && wanted.isFloat() && wanted != value.dtype()) {
                fitted.put(input.name(), HostTensor.ofDoubles(wanted, value.shape(), value.toDoubles()));
            }
        }
        return fitted;
    }

    /** Outputs that rounding can touch; integers, such as chosen tokens, jump and are left out. */
    static Map<String, HostTensor> floats(Map<String, HostTensor> outputs) {
        Map<String, HostTensor> floats = new LinkedHashMap<>();
        outputs.forEach((name, value) -> {
            if (value.dtype().isFloat() && value.elements() > 0) {
                floats.put(name, value);
            }
        });
        return floats;
    }
}
