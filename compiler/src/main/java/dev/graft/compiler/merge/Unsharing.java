package dev.graft.compiler.merge;

import java.util.List;

/** What is added to a model so that targets get tensors of their own. */
record Unsharing(List<Splice> splices, List<String> initializers) {
    static final Unsharing NONE = new Unsharing(List.of(), List.of());
}
