package dev.graft.compiler.attach;

import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;

/** Where to compute something from a weight alone. */
final class WeightPlace {
    private WeightPlace() {}

    /**
     * A builder in the graph that holds the weight. Where the site is in a loop's body and the weight outside, the result is then
     * put together outside too, once, and can be folded when the session is created.
     */
    static GraphBuilder builder(GraphEditor editor, Place place) {
        Graph home = place.weight().graph();
        Node anchor = place.node();
        while (anchor.graph() != home && anchor.graph().owner().isPresent()) {
            anchor = anchor.graph().owner().get();
        }
        return editor.before(anchor).source("lora_B of " + BranchNames.of(place.terms()));
    }
}
