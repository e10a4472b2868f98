package dev.graft.cli.verify;

import dev.graft.compiler.verify.Finding;
import dev.graft.compiler.verify.Finding.Kind;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says in a few sentences what is wrong with many weights: findings in the same words are one cause. */
final class Causes {
    private static final int NAMED = 3;

    private Causes() {}

    /** The causes: what holds for the model as a whole first, then weight by weight. */
    static List<String> of(List<Finding> findings) {
        boolean foreign = findings.stream().anyMatch(finding -> finding.kind() == Kind.ANOTHER_ADAPTER);
        Map<String, List<Finding>> groups = findings.stream()
                .filter(Causes::isFailure)
                .filter(finding -> !foreign || finding.kind() != Kind.UNRELATED)
                .sorted(Comparator.comparing(finding -> !finding.subject().isEmpty()))
                .collect(Collectors.groupingBy(Causes::words, LinkedHashMap::new, Collectors.toList()));
        return groups.values().stream().map(Causes::describe).toList();
    }

    /** A merge keeps the graph: one that is another was edited, exported anew, or damaged. */
    static boolean isFailure(Finding finding) {
        return finding.kind().isFailure() || finding.kind() == Kind.ANOTHER_GRAPH;
    }

    /** The sentence without its subject. */
    private static String words(Finding finding) {
        String sentence = finding.sentence();
        return finding.subject().isEmpty() ? sentence : sentence.replace(finding.subject(), "");
    }

    private static String describe(List<Finding> group) {
        String first = group.get(0).sentence();
        if (group.size() == 1) {
            return first;
        }
        List<String> others = group.stream().skip(1).map(Finding::subject).toList();
        String named = others.stream().limit(NAMED).collect(Collectors.joining(", "));
        String more = others.size() > NAMED ? " and " + (others.size() - NAMED) + " more" : "";
        return first + "; so it is for " + named + more;
    }
}
