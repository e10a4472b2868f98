package dev.graft.cli.verify;

import dev.graft.cli.text.Numbers;
import dev.graft.testkit.difference.TargetFinding;
import dev.graft.testkit.difference.TargetFinding.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says in a few sentences what is wrong with many weights: findings of one kind are one cause. */
final class Causes {
    private static final int NAMED = 3;

    private Causes() {}

    /**
     * The causes, the most telling first.
     *
     * @param targets how many targets there are in all
     */
    static List<String> of(List<TargetFinding> findings, int targets) {
        Map<String, List<TargetFinding>> groups = findings.stream()
                .collect(Collectors.groupingBy(Causes::group, LinkedHashMap::new, Collectors.toList()));
        long foreign = findings.stream().filter(finding -> finding.kind() == Kind.OTHER_CHANGE).count();
        List<String> causes = new ArrayList<>();
        if (foreign == targets && targets > 0) {
            causes.add("no target has the adapter's change: the model was merged with another adapter or another base");
            groups.remove(Kind.OTHER_CHANGE.name());
        }
        groups.values().forEach(group -> causes.add(describe(group, targets)));
        return causes;
    }

    private static String group(TargetFinding finding) {
        return switch (finding.kind()) {
            case SCALED -> Kind.SCALED + " " + Numbers.significant(finding.factor());
            case SWAPPED -> Kind.SWAPPED + " " + finding.module();
            default -> finding.kind().name();
        };
    }

    private static String describe(List<TargetFinding> group, int targets) {
        TargetFinding first = group.get(0);
        String who = names(group);
        String count = group.size() == 1 ? "" : " (" + group.size() + " of " + targets + " targets)";
        return switch (first.kind()) {
            case UNCHANGED -> who + count + ": left out, the weight is the base's";
            case SCALED -> who + count + ": the change is " + Numbers.significant(first.factor())
                    + " times what the adapter says: another scaling (alpha, rank, rsLoRA or weight) was used";
            case TRANSPOSED -> who + count + ": the change was added transposed";
            case SWAPPED -> who + ": has the change of " + first.other() + " instead of its own";
            case OTHER_CHANGE -> who + count + ": has a change that is not the adapter's, off by up to "
                    + Numbers.significant(group.stream().mapToDouble(TargetFinding::largest).max().orElse(0));
            case NOT_A_TARGET -> who + ": is no target of the adapter and differs from the base, in "
                    + Numbers.plural(group.stream().mapToLong(TargetFinding::changed).sum(), "element");
            case NOT_FINITE -> who + count + ": holds values that are not finite";
        };
    }

    private static String names(List<TargetFinding> group) {
        String first = group.stream().limit(NAMED).map(TargetFinding::module).collect(Collectors.joining(", "));
        return group.size() > NAMED ? first + " and " + (group.size() - NAMED) + " more" : first;
    }
}
