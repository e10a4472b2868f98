package dev.graft.compiler.scan;

import java.util.List;

/** A node's attribute. */
public sealed interface AttributeIndex {
    /** An integer. */
    record IntValue(long value) implements AttributeIndex {}

    /** A float. */
    record FloatValue(float value) implements AttributeIndex {}

    /** A string, decoded as UTF-8. */
    record StringValue(String value) implements AttributeIndex {}

    /** A list of integers. */
    record IntsValue(List<Long> values) implements AttributeIndex {
        public IntsValue {
            values = List.copyOf(values);
        }
    }

    /** A list of floats. */
    record FloatsValue(List<Float> values) implements AttributeIndex {
        public FloatsValue {
            values = List.copyOf(values);
        }
    }

    /** A tensor. */
    record TensorValue(TensorIndex tensor) implements AttributeIndex {}

    /** Subgraphs: one, or several for {@code graphs}. */
    record GraphValue(List<GraphIndex> graphs) implements AttributeIndex {
        public GraphValue {
            graphs = List.copyOf(graphs);
        }
    }

    /** Anything else: it exists, its value is not indexed. */
    record Other(String kind) implements AttributeIndex {}
}
