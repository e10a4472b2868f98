package dev.graft.testkit.error;

import dev.graft.testkit.difference.TargetFinding;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.assertj.core.error.BasicErrorMessageFactory;

/** The weights are not what a merge gives. */
public final class ShouldBeMergeOf extends BasicErrorMessageFactory {
    /** @param wrong the weights that are wrong */
    public ShouldBeMergeOf(Path model, Path base, Path adapter, double weight, List<TargetFinding> wrong) {
        super(
                "%nExpecting model%n  %s%nto be the merge of%n  %s%nwith%n  %s%s%nbut %s of its weights are not:%n%s%n%s",
                unquotedString(model.toString()),
                unquotedString(base.toString()),
                unquotedString(adapter.toString()),
                unquotedString(weight == 1 ? "" : " at weight " + weight),
                wrong.size(),
                unquotedString(
                        Lines.of(wrong.stream().map(TargetFinding::describe).toList())),
                unquotedString("Likely cause: " + cause(wrong)));
    }

    private static String cause(List<TargetFinding> wrong) {
        Optional<TargetFinding.Kind> common = commonKind(wrong);
        if (common.isEmpty()) {
            return "several; look at the weights above one by one.";
        }
        return switch (common.get()) {
            case UNCHANGED ->
                "these targets were left out of the merge, or the base was given in place of the merged model.";
            case SCALED -> scaledCause(wrong);
            case TRANSPOSED -> "the change was added transposed, which no shape check notices on a square weight.";
            case SWAPPED -> "the adapter's tensors were assigned to the wrong modules.";
            case OTHER_CHANGE -> "another adapter was merged, or one on top of another.";
            case NOT_A_TARGET -> "weights outside the adapter's targets were changed.";
            case NOT_FINITE -> "a merged value overflows, or the adapter holds values that are not finite.";
        };
    }

    private static Optional<TargetFinding.Kind> commonKind(List<TargetFinding> wrong) {
        List<TargetFinding.Kind> kinds =
                wrong.stream().map(TargetFinding::kind).distinct().toList();
        return kinds.size() == 1 ? Optional.of(kinds.get(0)) : Optional.empty();
    }

    private static String scaledCause(List<TargetFinding> wrong) {
        double first = wrong.get(0).factor();
        boolean same = wrong.stream().allMatch(finding -> Math.abs(finding.factor() / first - 1) < 1e-2);
        return same
                ? String.format(
                        Locale.ROOT,
                        "another alpha, rank scaling or adapter weight: all changes are %.4g times as large.",
                        first)
                : "another alpha or rank in some modules: alpha_pattern, rank_pattern or rsLoRA were not taken into account.";
    }
}
