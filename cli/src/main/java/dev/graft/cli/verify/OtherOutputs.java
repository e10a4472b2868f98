package dev.graft.cli.verify;

import dev.graft.cli.verify.NumberCheck.SampleRun;
import dev.graft.runtime.session.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Whether an artifact has outputs that cannot be held against the base's: others by name, or of another shape. */
final class OtherOutputs {
    private OtherOutputs() {}

    /** The first difference, in a sentence; empty where all can be compared. */
    static Optional<String> find(String artifact, List<SampleRun> runs) {
        for (SampleRun run : runs) {
            Optional<String> found = find(SampleRuns.floats(run.base()), run.artifact(artifact));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> find(Map<String, HostTensor> base, Map<String, HostTensor> artifact) {
        if (!base.keySet().equals(artifact.keySet())) {
            return Optional.of(
                    "it has the outputs " + sorted(artifact.keySet()) + ", the base " + sorted(base.keySet()));
        }
        return base.entrySet().stream()
                .filter(entry -> !entry.getValue()
                        .shape()
                        .equals(SampleRuns.output(artifact, entry.getKey()).shape()))
                .findFirst()
                .map(entry -> "'" + entry.getKey() + "' is "
                        + SampleRuns.output(artifact, entry.getKey()).shape() + ", the base's is "
                        + entry.getValue().shape() + " for the same inputs");
    }

    private static Set<String> sorted(Set<String> names) {
        return new TreeSet<>(names);
    }
}
