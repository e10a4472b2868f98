package dev.graft.cli.conformance;

import dev.graft.adapter.Adapter;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.io.Progress;
import dev.graft.testing.Shared;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every adapter that PEFT made, merged into both exports of its base: outputs and weights are PEFT's. */
@Tag("conformance")
class PeftMergeConformanceTest {
    private static final double OUTPUT_TOLERANCE = 2e-5;
    /** Both tools round: PEFT after each product and sum in float32, Graft once. */
    private static final double WEIGHT_TOLERANCE = 1e-6;

    /** Methods that are refused by name; a variant that is in no list of this class is a miss. */
    static final Set<String> REFUSED = Set.of(
            "alora",
            "bdlora",
            "boft",
            "boft_n2",
            "c3a",
            "delora",
            "fourierft",
            "gralora",
            "hira",
            "hra",
            "hra_gs",
            "ia3",
            "kasa",
            "loha",
            "loha_cp",
            "lokr",
            "lokr_cp",
            "lokr_decompose_both",
            "lokr_lowrank_w2",
            "miss",
            "miss_bat",
            "miss_mini",
            "miss_remainder",
            "oft",
            "oft_1x1",
            "oft_block_share",
            "oft_coft",
            "oft_exact_cayley",
            "oft_r",
            "olora",
            "pissa",
            "randlora",
            "road",
            "shira",
            "waveft");

    /** Weights that two parameters of the base share, stored once by the exporter. */
    private static final MergeOptions UNSHARED = new MergeOptions(true, true, 2);

    @TempDir
    Path folder;

    @Test
    void mergedModelsComputeWhatPeftComputesUnmerged() {
        CaseTable table = new CaseTable("peft, merged");
        for (PeftCase one : PeftCase.all(Shared.path("conformance/peft"))) {
            if (REFUSED.contains(one.variant())) {
                refuse(table, one);
            } else {
                table.add(one.title(), () -> merge(one));
            }
        }
        table.assertPassed(92);
    }

    static void refuse(CaseTable table, PeftCase one) {
        try {
            one.adapter();
            table.miss(one.title(), "read, but it must be refused");
        } catch (GraftException e) {
            if (e.code() == ErrorCode.METHOD_UNSUPPORTED) {
                table.refused(one.title(), CaseTable.firstLine(e));
            } else {
                table.miss(one.title(), "refused as " + e.code() + ": " + CaseTable.firstLine(e));
            }
        }
    }

    private String merge(PeftCase one) {
        Adapter adapter = one.adapter();
        Resolution resolution = one.resolve(adapter);
        Path merged = folder.resolve("merged.onnx");
        boolean sameLayout = Merger.merge(resolution, merged, UNSHARED, Progress.NONE)
                .unshared()
                .isEmpty();
        double weights = sameLayout ? new MergedWeights(resolution, merged).worst(one.mergedWeights()) : Double.NaN;
        double outputs = one.outputError(merged);
        if (!(outputs <= OUTPUT_TOLERANCE) || weights > WEIGHT_TOLERANCE) {
            throw new AssertionError(finding(outputs, weights));
        }
        return finding(outputs, weights);
    }

    private static String finding(double outputs, double weights) {
        return String.format("outputs %.1e, weights %.1e", outputs, weights);
    }
}
