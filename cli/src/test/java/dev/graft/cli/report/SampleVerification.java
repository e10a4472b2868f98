package dev.graft.cli.report;

import dev.graft.cli.verify.Verification;
import dev.graft.cli.verify.Verification.AdapterLine;
import dev.graft.cli.verify.Verification.Check;
import dev.graft.cli.verify.Verification.ComparedFile;
import dev.graft.cli.verify.Verification.Histogram;
import dev.graft.cli.verify.Verification.LatencyLine;
import dev.graft.cli.verify.Verification.Outcome;
import dev.graft.cli.verify.Verification.OutputErrors;
import dev.graft.cli.verify.Verification.Region;
import dev.graft.cli.verify.Verification.Structure;
import dev.graft.cli.verify.Verification.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A verification of invented figures, as a page would show it. */
final class SampleVerification {
    private static final String HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    private SampleVerification() {}

    /** One that passed. */
    static Verification passed() {
        return of(true, List.of(), "model.layers.0.self_attn.q_proj");
    }

    /** One that failed, with a module whose name tries to be a script. */
    static Verification failed(String hostileName) {
        return of(
                false,
                List.of("the scaling of '" + hostileName + "' is 2.00 times what the adapter says"),
                hostileName);
    }

    private static Verification of(boolean passed, List<String> causes, String firstModule) {
        return new Verification(
                passed,
                causes,
                List.of(
                        new Check(
                                "structure",
                                Outcome.PASSED,
                                "28 of 28 changed byte ranges are targets, nothing else differs"),
                        new Check(
                                "weights",
                                passed ? Outcome.PASSED : Outcome.FAILED,
                                "28 targets, every element within one rounding"),
                        new Check(
                                "numbers",
                                Outcome.PASSED,
                                "merged is as close to the exact answer as unmerged (4.2e-07 and 3.9e-07)"),
                        new Check("latency", Outcome.SKIPPED, "not asked for")),
                List.of(
                        new ComparedFile("base", Path.of("base/model.onnx"), 2_712_334, HASH),
                        new ComparedFile("merged", Path.of("out/merged.onnx"), 2_712_334, HASH)),
                List.of(new AdapterLine(Path.of("adapter"), "rsLoRA", 1, 28)),
                List.of(new Structure(2_712_334, 2_012_000, true, HASH, HASH, regions(firstModule), List.of())),
                targets(firstModule, passed),
                outputs(),
                List.of(
                        new LatencyLine("base", 1, 0.00041, 0.00043, 1),
                        new LatencyLine("merged", 1, 0.00041, 0.00043, 1.0),
                        new LatencyLine("attached", 1, 0.00047, 0.0005, 1.16),
                        new LatencyLine("base", 128, 0.0081, 0.0085, 1),
                        new LatencyLine("merged", 128, 0.0081, 0.0085, 1.0),
                        new LatencyLine("attached", 128, 0.0092, 0.0096, 1.13)),
                List.of("16 samples were made with seed 1; give --inputs for your own."),
                Map.of("graft", "0.1.0", "command", "graft verify base/model.onnx adapter --merged out/merged.onnx"));
    }

    private static List<Region> regions(String firstModule) {
        return List.of(
                new Region(firstModule + ".weight", "model.onnx", 8192, 64_000),
                new Region("onnx::MatMul_673", "model.onnx", 81_920, 65_000));
    }

    private static List<Target> targets(String firstModule, boolean passed) {
        List<Target> targets = new ArrayList<>();
        for (int layer = 0; layer < 4; layer++) {
            for (String name : List.of("self_attn.q_proj", "self_attn.v_proj", "mlp.up_proj")) {
                String module = targets.isEmpty() ? firstModule : "model.layers." + layer + "." + name;
                targets.add(new Target(
                        module,
                        "onnx::MatMul_" + (600 + targets.size()),
                        "float32",
                        "[128, 128]",
                        16,
                        0.25,
                        11.3 + layer,
                        0.4 + 0.1 * targets.size() % 0.7,
                        16_384,
                        16_380,
                        4,
                        16_384,
                        passed || !targets.isEmpty() ? 0.98 : 311_000,
                        passed || !targets.isEmpty() ? "" : "the change is 2.00 times the exact one"));
            }
        }
        return targets;
    }

    private static List<OutputErrors> outputs() {
        List<OutputErrors> outputs = new ArrayList<>();
        for (String model : List.of("base + adapter, float32", "merged", "attached")) {
            int shift = outputs.size();
            List<Long> counts = new ArrayList<>();
            for (int bin = 0; bin < 60; bin++) {
                double x = (bin - 30 - shift) / 4.0;
                counts.add(Math.round(4000 * Math.exp(-x * x)));
            }
            outputs.add(new OutputErrors(
                    model, "logits", 4.2e-7, 6.1e-8, 1 - 1e-13, 1, 2e-13, 1.9e-6, new Histogram(12, -14, 5, counts)));
        }
        return outputs;
    }
}
