package dev.graft.cli.conformance;

import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.MergeReport;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.io.Progress;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Merging with scale 0 writes the base's files byte for byte, for every model there is. */
@Tag("conformance")
class ScaleZeroConformanceTest {
    /** What a model may be refused for; anything else is a miss. */
    private static final Set<ErrorCode> REASONS =
            Set.of(ErrorCode.WEIGHT_NOT_MERGEABLE, ErrorCode.ONNX_UNSUPPORTED, ErrorCode.WEIGHT_SHARED);

    @TempDir
    Path folder;

    @Test
    void mergingWithScaleZeroGivesIdenticalFiles() throws IOException {
        CaseTable table = new CaseTable("scale 0");
        Path root = Shared.root();
        for (Path model : models(Shared.path("models"), Shared.path("conformance"))) {
            check(table, root.relativize(model).toString(), model);
        }
        table.assertNoneMissed(600);
    }

    private void check(CaseTable table, String name, Path model) {
        try {
            ModelIndex index = ModelScanner.scan(model);
            ZeroAdapter zero = ZeroAdapter.of(index);
            if (zero.targets() == 0) {
                table.refused(name, "no weight that a merge could change" + zero.leftOut());
                return;
            }
            Path output = Files.createTempDirectory(folder, "m").resolve(model.getFileName());
            MergeReport report = Merger.merge(zero.resolution(), output, MergeOptions.defaults(), Progress.NONE);
            compare(table, name, index, zero, report);
            for (Path file : report.files()) {
                Files.delete(file);
            }
        } catch (GraftException e) {
            if (REASONS.contains(e.code())) {
                table.refused(name, e.code() + ": " + CaseTable.firstLine(e));
            } else {
                table.miss(name, e.code() + ": " + CaseTable.firstLine(e));
            }
        } catch (IOException e) {
            table.miss(name, e.toString());
        }
    }

    private static void compare(CaseTable table, String name, ModelIndex index, ZeroAdapter zero, MergeReport report)
            throws IOException {
        Path outputFolder = report.output().getParent();
        long different = Files.mismatch(index.file(), report.output());
        for (var data : index.dataFiles().entrySet()) {
            different = Math.max(different, Files.mismatch(data.getValue(), outputFolder.resolve(data.getKey())));
        }
        if (different >= 0) {
            table.miss(name, "differs from byte " + different + " on");
        } else {
            table.pass(
                    name,
                    zero.targets() + " targets" + zero.leftOut() + ", "
                            + report.files().size() + " files identical");
        }
    }

    private static List<Path> models(Path... roots) throws IOException {
        Stream<Path> found = Stream.empty();
        for (Path root : roots) {
            try (Stream<Path> files = Files.walk(root)) {
                found = Stream.concat(found, files.filter(ScaleZeroConformanceTest::isModel).toList().stream());
            }
        }
        return found.sorted().toList();
    }

    private static boolean isModel(Path file) {
        return file.toString().endsWith(".onnx") && !file.toString().contains("badinputs");
    }
}
