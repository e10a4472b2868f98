package dev.graft.cli.verify;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.cli.command.Version;
import dev.graft.cli.verify.NumberCheck.SampleRun;
import dev.graft.cli.verify.Verification.AdapterLine;
import dev.graft.cli.verify.Verification.Check;
import dev.graft.cli.verify.Verification.ComparedFile;
import dev.graft.cli.verify.Verification.LatencyLine;
import dev.graft.cli.verify.Verification.Outcome;
import dev.graft.cli.verify.Verification.Structure;
import dev.graft.cli.verify.Verification.Target;
import dev.graft.compiler.merge.MergeReport;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.io.Progress;
import dev.graft.runtime.session.OnnxRuntime;
import dev.graft.tensor.DType;
import dev.graft.tensor.FileBytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks the three questions about an artifact and puts the answers together. */
public final class Verifier {
    private final VerifyRequest request;
    private final Progress progress;
    private final Map<String, Path> artifacts = new LinkedHashMap<>();
    private final List<Check> checks = new ArrayList<>();
    private final List<String> causes = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<Structure> structures = new ArrayList<>();
    private List<Target> targets = List.of();
    private List<Verification.OutputErrors> outputs = List.of();
    private List<LatencyLine> latencies = List.of();

    private Verifier(VerifyRequest request, Progress progress) {
        this.request = request;
        this.progress = progress;
        this.notes.addAll(request.resolution().warnings());
    }

    /**
     * Verifies.
     *
     * @throws GraftException if base and adapters cannot be put together, or a model cannot be run
     */
    public static Verification verify(VerifyRequest request, Progress progress) {
        Verifier verifier = new Verifier(request, progress);
        try (OwnModels own = new OwnModels(request.resolution(), progress)) {
            verifier.chooseArtifacts(own);
            verifier.checkMerged(own);
            verifier.checkAttached();
            verifier.checkNumbers(own);
            if (request.detailed() && request.numbers() && verifier.runnable()) {
                verifier.latencies = LatencyCheck.measure(request, verifier.artifacts, progress);
            }
            return verifier.result();
        }
    }

    private void chooseArtifacts(OwnModels own) {
        request.merged().ifPresent(file -> artifacts.put(Artifacts.MERGED, file));
        request.attached().ifPresent(file -> artifacts.put(Artifacts.ATTACHED, file));
        if (request.hasArtifact()) {
            return;
        }
        try {
            artifacts.put(Artifacts.MERGED, own.merged().output());
        } catch (GraftException e) {
            if (e.code() != ErrorCode.WEIGHT_NOT_MERGEABLE) {
                throw e;
            }
            notes.add("not merged: " + e.getMessage());
        }
        artifacts.put(Artifacts.ATTACHED, own.attached());
        notes.add("No artifact was given: Graft merged and attached into a temporary folder and checked that.");
    }

    private void checkMerged(OwnModels own) {
        Path merged = artifacts.get(Artifacts.MERGED);
        if (merged == null) {
            return;
        }
        boolean ownMerge = request.detailed() || !request.hasArtifact();
        Optional<MergeReport> report = ownMerge ? Optional.of(own.merged()) : Optional.empty();
        WeightCheck check = WeightCheck.of(request.resolution(), report, merged);
        notes.addAll(check.notes());
        checks.addAll(check.checks());
        causes.addAll(check.causes());
        structures.add(check.structure());
        targets = check.targets();
    }

    private void checkAttached() {
        Path attached = artifacts.get(Artifacts.ATTACHED);
        if (attached != null) {
            checks.add(AttachedStructure.check(request.resolution(), attached, causes));
        }
    }

    private void checkNumbers(OwnModels own) {
        if (!request.numbers()) {
            checks.add(new Check("outputs", Outcome.SKIPPED, "left out on request"));
            return;
        }
        Reference exact = Reference.of(own.attached(), own.file("exact", "attached.onnx"));
        notes.addAll(exact.notes());
        SampleRuns samples = SampleRuns.of(request, progress);
        List<SampleRun> runs = samples.run(exact, own.attached(), exactMerged(own), artifacts);
        NumberCheck numbers = new NumberCheck();
        for (String name : artifacts.keySet()) {
            String failure = samples.failures().get(name);
            if (failure == null) {
                numbers.judge(name, runs);
            } else {
                numbers.fail(name, failure);
            }
        }
        checks.addAll(numbers.checks());
        checkRows(samples);
        causes.addAll(numbers.causes());
        outputs = numbers.errors();
        notes.add(samples.count()
                + (request.inputs().isPresent()
                        ? " samples from " + request.inputs().get()
                        : " samples were made up; --inputs takes your own"));
    }

    private void checkRows(SampleRuns samples) {
        Path attached = artifacts.get(Artifacts.ATTACHED);
        if (attached != null && samples.failures().get(Artifacts.ATTACHED) == null) {
            samples.checkRows(attached).ifPresent(check -> {
                checks.add(check);
                if (check.outcome() == Outcome.FAILED) {
                    causes.add("the attached model: " + check.finding());
                }
            });
        }
    }

    private boolean runnable() {
        return checks.stream().noneMatch(check -> check.finding().startsWith(NumberCheck.NOT_RUNNABLE));
    }

    /** Rounding to 16 bits costs more than the arithmetic; then what it costs is measured, not guessed. */
    private Optional<Path> exactMerged(OwnModels own) {
        boolean coarse = request.resolution().bindings().stream()
                .map(binding -> binding.view().tensor().dtype())
                .anyMatch(dtype -> dtype == DType.FLOAT16 || dtype == DType.BFLOAT16);
        Path artifact = artifacts.get(Artifacts.MERGED);
        if (!coarse || artifact == null) {
            return Optional.empty();
        }
        Reference merged = Reference.of(artifact, own.file("exact", "merged.onnx"));
        return merged.isExact() ? Optional.of(merged.model()) : Optional.empty();
    }

    private Verification result() {
        boolean failed = checks.stream().anyMatch(check -> check.outcome() == Outcome.FAILED);
        boolean checked = checks.stream().anyMatch(check -> check.outcome() == Outcome.PASSED);
        return new Verification(
                !failed && checked,
                List.copyOf(causes),
                List.copyOf(checks),
                files(),
                adapters(),
                List.copyOf(structures),
                targets,
                outputs,
                latencies,
                List.copyOf(notes),
                environment());
    }

    private List<ComparedFile> files() {
        List<ComparedFile> files = new ArrayList<>();
        addFiles(files, Artifacts.BASE, request.base());
        artifacts.forEach((role, file) -> addFiles(files, role, file));
        request.resolution()
                .adapters()
                .forEach(weighted -> weighted.adapter().files().stream()
                        .filter(Files::isRegularFile)
                        .forEach(file -> files.add(file("adapter", file))));
        return files;
    }

    private static void addFiles(List<ComparedFile> files, String role, Path model) {
        ModelIndex index = ModelScanner.scan(model);
        files.add(file(role, model));
        index.dataFiles().values().forEach(data -> files.add(file(role + ", data", data)));
    }

    private static ComparedFile file(String role, Path file) {
        return new ComparedFile(role, file, FileBytes.of(file).size(), FileHash.sha256(file));
    }

    private List<AdapterLine> adapters() {
        return request.resolution().adapters().stream().map(Verifier::line).toList();
    }

    private static AdapterLine line(WeightedAdapter weighted) {
        return new AdapterLine(
                weighted.adapter().source(),
                weighted.adapter().method(),
                weighted.weight(),
                weighted.adapter().changes().size());
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("Graft", Version.current());
        if (request.numbers()) {
            environment.put("ONNX Runtime", OnnxRuntime.version());
        }
        environment.put("Java", System.getProperty("java.vm.name") + " " + Runtime.version());
        environment.put(
                "machine",
                System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors");
        return environment;
    }
}
