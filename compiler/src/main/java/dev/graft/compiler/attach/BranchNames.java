package dev.graft.compiler.attach;

import java.util.List;
import java.util.stream.Collectors;

/** What nodes and initializers of branches are called. */
final class BranchNames {
    private BranchNames() {}

    /** The one module, or several of one parent as {@code parent.q_proj+k_proj}. */
    static String of(List<Term> terms) {
        List<String> modules = terms.stream().map(Term::module).distinct().toList();
        String first = modules.get(0);
        String parent = first.substring(0, first.lastIndexOf('.') + 1);
        boolean siblings = modules.stream()
                .allMatch(module -> module.startsWith(parent) && module.indexOf('.', parent.length()) < 0);
        return siblings
                ? parent
                        + modules.stream()
                                .map(module -> module.substring(parent.length()))
                                .collect(Collectors.joining("+"))
                : String.join("+", modules);
    }
}
