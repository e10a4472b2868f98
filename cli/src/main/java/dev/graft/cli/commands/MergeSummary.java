package dev.graft.cli.commands;

import dev.graft.cli.command.Console;
import dev.graft.cli.text.Numbers;
import dev.graft.compiler.merge.MergeReport;
import dev.graft.compiler.merge.TargetReport;
import java.nio.file.Path;
import java.util.List;

/** What {@code graft merge} prints about a merge. */
final class MergeSummary {
    private static final double MUCH_LOST = 0.5;

    private MergeSummary() {}

    /**
     * Prints it.
     *
     * @param said warnings that were printed before the merge
     * @param output as the person wrote it
     */
    static void print(MergeReport report, List<String> said, Path output, double seconds, Console console) {
        report.warnings().stream().filter(warning -> !said.contains(warning)).forEach(console::warn);
        warnOfRounding(report, console);
        if (console.json()) {
            console.resultAsJson(Document.of(report, seconds));
            return;
        }
        long changed =
                report.targets().stream().mapToLong(TargetReport::changed).sum();
        console.result("merged " + Numbers.plural(report.targets().size(), "target") + " into " + output);
        console.result(
                "  " + Numbers.count(changed) + " of " + Numbers.count(elements(report)) + " target elements changed, "
                        + Numbers.bytes(report.bytes()) + " in "
                        + Numbers.plural(report.files().size(), "file") + ", "
                        + Numbers.seconds(seconds));
        report.unshared().forEach(name -> console.result("  added a copy of a shared weight: " + name));
    }

    /** A small change on a coarse number format can round away: the merged model then lacks a part of the adapter. */
    private static void warnOfRounding(MergeReport report, Console console) {
        long lost = report.targets().stream().mapToLong(TargetReport::lost).sum();
        double fraction = elements(report) == 0 ? 0 : (double) lost / elements(report);
        if (fraction > MUCH_LOST) {
            console.warn(
                    Numbers.percent(fraction) + " of the target elements did not change although the adapter changes"
                            + " them: the difference is below the weights' precision; graft verify tells what that costs");
        }
    }

    private static long elements(MergeReport report) {
        return report.targets().stream().mapToLong(TargetReport::elements).sum();
    }

    /** The JSON document. */
    record Document(
            Path output,
            List<Path> files,
            long bytes,
            double seconds,
            List<Target> targets,
            List<String> unshared,
            List<String> warnings) {
        static Document of(MergeReport report, double seconds) {
            return new Document(
                    report.output(),
                    report.files(),
                    report.bytes(),
                    seconds,
                    report.targets().stream().map(Target::of).toList(),
                    report.unshared(),
                    report.warnings());
        }
    }

    /** One target in the JSON document. */
    record Target(
            String module,
            String tensor,
            dev.graft.tensor.DType dtype,
            dev.graft.tensor.Shape shape,
            long rank,
            double scaling,
            double normOfWeight,
            double normOfDelta,
            long elements,
            long changed,
            long lostToRounding) {
        static Target of(TargetReport target) {
            return new Target(
                    target.module(),
                    target.tensor(),
                    target.dtype(),
                    target.shape(),
                    target.rank(),
                    target.scaling(),
                    target.normOfWeight(),
                    target.normOfDelta(),
                    target.elements(),
                    target.changed(),
                    target.lost());
        }
    }
}
