package dev.graft.cli.conformance;

import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachReport;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.io.Progress;
import dev.graft.testing.Shared;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every adapter that PEFT made, attached in both styles to both exports of its base. */
@Tag("conformance")
class PeftAttachConformanceTest {
    private static final double TOLERANCE = 2e-5;

    @TempDir
    Path folder;

    @Test
    void attachedModelsComputeWhatPeftComputesUnmerged() {
        CaseTable table = new CaseTable("peft, attached");
        for (PeftCase one : PeftCase.all(Shared.path("conformance/peft"))) {
            if (PeftMergeConformanceTest.REFUSED.contains(one.variant())) {
                PeftMergeConformanceTest.refuse(table, one);
            } else {
                table.add(one.title() + ", constant", () -> attach(one, AttachStyle.CONSTANT));
                attachAsInput(table, one);
            }
        }
        table.assertPassed(180);
    }

    /** What has no low-rank inputs must be refused; a plain adapter of linear layers must not. */
    private void attachAsInput(CaseTable table, PeftCase one) {
        String name = one.title() + ", input";
        try {
            table.pass(name, attach(one, AttachStyle.INPUT));
        } catch (GraftException e) {
            boolean refused = e.code() == ErrorCode.ATTACH_UNSUPPORTED || e.code() == ErrorCode.CONVERT_UNSUPPORTED;
            if (refused && !isPlain(changesOf(one))) {
                table.refused(name, CaseTable.firstLine(e));
            } else {
                table.miss(name, e.code() + ": " + CaseTable.firstLine(e));
            }
        } catch (AssertionError e) {
            table.miss(name, CaseTable.firstLine(e));
        }
    }

    private String attach(PeftCase one, AttachStyle style) {
        Resolution resolution = one.resolve(one.adapter());
        AttachOptions options = AttachOptions.DEFAULT.withStyle(style).withForce();
        AttachReport report = Attacher.attach(resolution, folder.resolve("attached.onnx"), options, Progress.NONE);
        double error = one.outputError(report.output(), report.adapter());
        if (!(error <= TOLERANCE)) {
            throw new AssertionError(String.format("outputs %.1e", error));
        }
        return String.format("outputs %.1e, %d nodes more", error, report.nodesAdded());
    }

    /** The changes as the base's layers shape them. */
    private static List<ModuleChange> changesOf(PeftCase one) {
        return one.resolve(one.adapter()).adapters().get(0).adapter().changes();
    }

    private static boolean isPlain(List<ModuleChange> changes) {
        return changes.stream()
                .allMatch(change -> change instanceof LowRankChange low
                        && low.kind() == LayerKind.LINEAR
                        && !low.isDora()
                        && low.biasDelta() == null);
    }
}
