package dev.graft.cli.verify;

import dev.graft.cli.io.AdaptedModel;
import dev.graft.cli.verify.Verification.LatencyLine;
import dev.graft.io.Progress;
import dev.graft.runtime.inputs.SampleInputs;
import dev.graft.runtime.inputs.SampleSize;
import dev.graft.runtime.latency.Contender;
import dev.graft.runtime.latency.LatencyBenchmark;
import dev.graft.runtime.latency.LatencyReport;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.runtime.session.ValueDescription;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures base and artifacts in turn, for the report; no verdict depends on it. */
final class LatencyCheck {
    private static final int WARM_UP = 5;
    private static final int ROUNDS = 40;
    private static final List<Integer> TOKENS = List.of(1, 128);
    private static final int SEED = 1;

    private LatencyCheck() {}

    static List<LatencyLine> measure(VerifyRequest request, Map<String, Path> artifacts, Progress progress) {
        Map<String, Path> models = new LinkedHashMap<>();
        models.put(Artifacts.BASE, request.base());
        models.putAll(artifacts);
        List<Open> open = new ArrayList<>();
        try {
            models.forEach((name, file) -> open.add(Open.of(name, file, request)));
            List<LatencyLine> lines = new ArrayList<>();
            for (int tokens : TOKENS) {
                lines.addAll(measure(request, open, tokens, progress));
            }
            return lines;
        } finally {
            open.forEach(Open::close);
        }
    }

    private static List<LatencyLine> measure(VerifyRequest request, List<Open> open, int tokens, Progress progress) {
        List<ValueDescription> base = open.get(0).model().inputs();
        Map<String, HostTensor> inputs =
                SampleInputs.of(base, SampleRuns.hints(request, base)).make(new SampleSize(1, tokens), SEED);
        List<Contender> contenders = open.stream()
                .map(model -> model.model().contender(model.name(), inputs))
                .toList();
        LatencyReport report = new LatencyBenchmark(WARM_UP, ROUNDS).measure(contenders, progress);
        return report.rows().stream()
                .map(row ->
                        new LatencyLine(row.name(), tokens, row.minimum() / 1e3, row.median() / 1e3, row.medianRatio()))
                .toList();
    }

    private record Open(String name, AdaptedModel model) {
        static Open of(String name, Path file, VerifyRequest request) {
            return new Open(
                    name,
                    AdaptedModel.open(
                            file, SessionSettings.DEFAULT, request.resolution().adapters()));
        }

        void close() {
            model.close();
        }
    }
}
