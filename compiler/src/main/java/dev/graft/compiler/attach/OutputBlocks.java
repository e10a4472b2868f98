package dev.graft.compiler.attach;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The modules that a product packs side by side, such as q, k and v: each a block of its outputs with a branch of its own. */
final class OutputBlocks {
    private OutputBlocks() {}

    /** Whether one module has all of the product's outputs. */
    static boolean coverAll(Place place) {
        return byFirstOutput(place).size() == 1 && place.terms().get(0).outputs() == place.outputs();
    }

    /**
     * The blocks' branches side by side, with zeros where no module is: those of parts that no adapter can have.
     *
     * @param input what the branches read, [..., in]
     * @param branch makes the branch of the terms of one block
     */
    static Value join(GraphBuilder g, Place place, Value input, Function<List<Term>, Value> branch) {
        List<Value> parts = new ArrayList<>();
        int done = 0;
        for (Map.Entry<Integer, List<Term>> block : byFirstOutput(place).entrySet()) {
            addZeros(g, place, input, block.getKey() - done, parts);
            parts.add(branch.apply(block.getValue()));
            done = block.getKey() + block.getValue().get(0).outputs();
        }
        addZeros(g, place, input, place.outputs() - done, parts);
        return parts.size() == 1 ? parts.get(0) : g.concat(-1, parts);
    }

    private static Map<Integer, List<Term>> byFirstOutput(Place place) {
        Map<Integer, List<Term>> blocks = new TreeMap<>();
        place.terms()
                .forEach(term -> blocks.computeIfAbsent(term.firstOutput(), any -> new ArrayList<>())
                        .add(term));
        return blocks;
    }

    private static void addZeros(GraphBuilder g, Place place, Value input, int width, List<Value> parts) {
        if (width > 0) {
            long in = place.terms().get(0).view().inputs();
            Value a = g.initializer("no_lora_A", empty("no_lora_A", place, in, 0));
            Value b = g.initializer("no_lora_B", empty("no_lora_B", place, 0, width));
            parts.add(g.matMul(g.matMul(input, a), b));
        }
    }

    private static Tensor empty(String name, Place place, long rows, long columns) {
        return new Matrix(rows, columns).toTensor(name, place.dtype());
    }
}
