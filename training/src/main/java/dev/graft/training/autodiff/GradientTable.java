package dev.graft.training.autodiff;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The gradient rules, one entry per operator and range of operator set versions. */
public final class GradientTable {
    /** What the driver does with what a rule gives. */
    public enum Kind {
        /** The gradient of an input has the input's shape. */
        PLAIN,
        /** The inputs were broadcast: the gradient of an input has the output's shape, and is summed to the input's. */
        BROADCAST,
        /** Nothing flows through: the output is an integer, a truth value or a shape, or its derivative is zero. */
        STOP
    }

    /**
     * An entry.
     *
     * @param domain the operator's domain; empty for ONNX's own
     * @param operator the operator
     * @param since the first version of the domain's operator set that the rule holds for
     * @param kind what the driver does
     * @param rule the rule; gives nothing for {@link Kind#STOP}
     */
    public record Entry(String domain, String operator, long since, Kind kind, GradientRule rule) {
        /** As {@code Add} or {@code com.microsoft.FusedMatMul}. */
        public String name() {
            return domain.isEmpty() ? operator : domain + "." + operator;
        }
    }

    private final Map<String, Entry> entries;

    private GradientTable(Map<String, Entry> entries) {
        this.entries = entries;
    }

    /** A table of entries, no two for one operator. */
    @SafeVarargs
    public static GradientTable of(List<Entry>... groups) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (List<Entry> group : groups) {
            for (Entry entry : group) {
                if (entries.put(entry.name(), entry) != null) {
                    throw new IllegalArgumentException("two rules for " + entry.name());
                }
            }
        }
        return new GradientTable(Collections.unmodifiableMap(entries));
    }

    /** A rule whose gradients have the inputs' shapes. */
    public static Entry rule(String operator, long since, GradientRule rule) {
        return new Entry("", operator, since, Kind.PLAIN, rule);
    }

    /** A rule of an operator that broadcasts. */
    public static Entry broadcast(String operator, long since, GradientRule rule) {
        return new Entry("", operator, since, Kind.BROADCAST, rule);
    }

    /** A rule of one of ONNX Runtime's own operators. */
    public static Entry microsoft(String operator, GradientRule rule) {
        return new Entry(GraphBuilder.MICROSOFT, operator, 1, Kind.PLAIN, rule);
    }

    /** Operators through which nothing flows. */
    public static List<Entry> stop(String... operators) {
        List<Entry> stops = new ArrayList<>();
        for (String operator : operators) {
            stops.add(new Entry("", operator, 1, Kind.STOP, g -> {}));
        }
        return stops;
    }

    /** All entries, in the order they were given. */
    public List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    /** The entry for a node's operator. */
    public Optional<Entry> entry(Node node) {
        String domain = node.domain().equals("ai.onnx") ? "" : node.domain();
        return Optional.ofNullable(entries.get(domain.isEmpty() ? node.opType() : domain + "." + node.opType()));
    }
}
