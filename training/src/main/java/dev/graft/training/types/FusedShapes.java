package dev.graft.training.types;

import java.util.ArrayList;
import java.util.List;

/** Shapes of the first outputs of attention, embeddings and recurrent layers. */
final class FusedShapes {
    static final List<Rule> RULES = List.of(
            new Rule("Attention", FusedShapes::attention),
            new Rule("com.microsoft.Attention", FusedShapes::packedAttention),
            new Rule("com.microsoft.MultiHeadAttention", FusedShapes::multiHead),
            new Rule("com.microsoft.GroupQueryAttention", FusedShapes::groupQuery),
            new Rule("com.microsoft.GatherBlockQuantized", FusedShapes::gatherQuantised),
            new Rule("com.microsoft.EmbedLayerNormalization", FusedShapes::embedding),
            new Rule("LSTM", FusedShapes::recurrent),
            new Rule("GRU", FusedShapes::recurrent),
            new Rule("RNN", FusedShapes::recurrent));

    private FusedShapes() {}

    /** Of rank 4 {@code [batch, heads, sequence, head]}, of rank 3 {@code [batch, sequence, heads * head]}. */
    private static void attention(NodeFacts n) {
        List<Length> query = n.dims(0);
        List<Length> value = n.dims(2, query.size());
        if (query.size() == 4) {
            n.give(0, PartShapes.with(query, 3, value.get(3)));
            return;
        }
        n.dims(0, 3);
        long heads = n.number("q_num_heads", 0);
        long valueHeads = n.number("kv_num_heads", 0);
        n.give(
                0,
                PartShapes.with(
                        query,
                        2,
                        n.lengthOrFresh(() -> LengthFormulas.quotient(value.get(2), Length.of(valueHeads))
                                .times(heads))));
    }

    /** The weight makes query, key and value at once; its bias is as long as all three. */
    private static void packedAttention(NodeFacts n) {
        List<Length> x = n.dims(0, 3);
        List<Length> weight = n.dims(1, 2);
        Length width = n.node()
                .intsAttribute("qkv_hidden_sizes")
                .map(sizes -> sizes.size() == 3 ? Length.of(sizes.get(2)) : n.fresh())
                .orElseGet(() -> n.lengthOrFresh(() -> LengthFormulas.quotient(weight.get(1), Length.of(3))));
        n.give(0, PartShapes.with(x, 2, width));
    }

    private static void multiHead(NodeFacts n) {
        List<Length> query = n.dims(0, 3);
        List<Length> value = n.dims(2, 3);
        n.give(0, PartShapes.with(query, 2, value.get(2)));
    }

    /** With a packed query the width is left to ONNX Runtime; the caches grow by what it takes to hold the longest row. */
    private static void groupQuery(NodeFacts n) {
        List<Length> query = n.dims(0, 3);
        n.give(0, n.has(1) ? query : PartShapes.with(query, 2, n.fresh()));
        for (int cache = 1; cache <= 2; cache++) {
            n.give(cache, PartShapes.with(n.dims(cache + 2, 4), 2, n.fresh()));
        }
    }

    /** Rows of a table that is packed along one axis, whose length is left to ONNX Runtime. */
    private static void gatherQuantised(NodeFacts n) {
        List<Length> table = n.dims(0);
        int axis = NodeFacts.axis(n.number("gather_axis", 0), table.size());
        int packed = NodeFacts.axis(n.number("quantize_axis", 1), table.size());
        List<Length> unpacked = new ArrayList<>(PartShapes.with(table, packed, n.fresh()));
        unpacked.remove(axis);
        unpacked.addAll(axis, n.dims(1));
        n.give(0, unpacked);
    }

    private static void embedding(NodeFacts n) {
        List<Length> dims = new ArrayList<>(n.dims(0, 2));
        dims.add(n.dims(2, 2).get(1));
        n.give(0, dims);
    }

    private static void recurrent(NodeFacts n) {
        List<Length> x = n.dims(0, 3);
        if (n.number("layout", 0) != 0) {
            throw new NotKnown();
        }
        boolean both = n.node().stringAttribute("direction", "forward").equals("bidirectional");
        Length directions = Length.of(both ? 2 : 1);
        Length hidden = n.dims(2, 3).get(2);
        n.give(0, List.of(x.get(0), directions, x.get(1), hidden));
        n.give(1, List.of(directions, x.get(1), hidden));
        n.give(2, List.of(directions, x.get(1), hidden));
    }
}
