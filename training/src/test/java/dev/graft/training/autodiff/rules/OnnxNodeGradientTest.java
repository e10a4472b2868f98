package dev.graft.training.autodiff.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.graft.error.GraftException;
import dev.graft.runtime.session.HostTensor;
import dev.graft.testing.Shared;
import dev.graft.training.autodiff.GradientCheck;
import dev.graft.training.autodiff.GradientTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The gradient of every case of ONNX's node tests whose operator has a rule, where ONNX Runtime can run the case. */
@Tag("conformance")
class OnnxNodeGradientTest {
    private static final int ELEMENTS = 24;
    private static final double IN_SINGLE = 2e-3;
    private static final double IN_DOUBLE = 1e-4;
    private static final double IN_HALF = 2e-2;

    /** What there is at present: 252 agree, the others are integers or need an operator set that ONNX Runtime does not have. */
    private static final int LEAST_OK = 250;

    private static final int MOST_REFUSED = 9;

    /** How a case went. */
    private enum Finding {
        OK,
        REFUSED,
        NO_FLOATS,
        NOT_RUNNABLE,
        WRONG
    }

    private final Map<String, Map<Finding, Integer>> table = new TreeMap<>();
    private final List<String> lines = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();

    @Test
    void agreesWithCentralDifferences() throws Exception {
        Path folder = Shared.path("conformance/onnx_node");
        String index = Files.readString(Shared.path("conformance/onnx_node_index.json"));
        Set<String> rules = GradientRules.TABLE.entries().stream()
                .filter(entry -> entry.kind() != GradientTable.Kind.STOP)
                .map(GradientTable.Entry::name)
                .collect(Collectors.toSet());
        for (JsonElement element : JsonParser.parseString(index).getAsJsonArray()) {
            JsonObject entry = element.getAsJsonObject();
            String operator = entry.getAsJsonArray("ops").get(0).getAsString();
            if (rules.contains(operator)) {
                String test = entry.get("test").getAsString();
                check(operator, test, new OnnxCase(folder.resolve(test)));
            }
        }
        print();
        assertThat(wrong).isEmpty();
        assertThat(count(Finding.OK)).isGreaterThanOrEqualTo(LEAST_OK);
        assertThat(count(Finding.REFUSED)).isLessThanOrEqualTo(MOST_REFUSED);
    }

    private void check(String operator, String test, OnnxCase onnx) throws Exception {
        Map<String, HostTensor> feeds;
        try {
            feeds = onnx.feeds();
        } catch (IllegalArgumentException | GraftException e) {
            add(
                    operator,
                    test,
                    Finding.NOT_RUNNABLE,
                    "inputs that ONNX Runtime does not take from Java: " + e.getMessage());
            return;
        }
        List<String> floats = feeds.entrySet().stream()
                .filter(feed -> feed.getValue().dtype().isFloat())
                .map(Map.Entry::getKey)
                .toList();
        if (floats.isEmpty()) {
            add(operator, test, Finding.NO_FLOATS, "");
            return;
        }
        try {
            check(operator, test, onnx, feeds, floats);
        } catch (GraftException e) {
            if (floats.size() == 1 || !e.getMessage().startsWith("no gradient")) {
                add(operator, test, finding(e), String.valueOf(e.getMessage()));
                return;
            }
            try {
                check(operator, test, onnx, feeds, floats.subList(0, 1));
            } catch (GraftException again) {
                add(operator, test, finding(again), String.valueOf(again.getMessage()));
            }
        }
    }

    private static Finding finding(GraftException e) {
        return switch (e.code()) {
            case GRADIENT_UNSUPPORTED -> Finding.REFUSED;
            default -> Finding.NOT_RUNNABLE;
        };
    }

    private void check(String operator, String test, OnnxCase onnx, Map<String, HostTensor> feeds, List<String> wanted)
            throws Exception {
        GradientCheck.Outcome outcome = new GradientCheck(
                        operator.equals("LayerNormalization") ? onnx::firstOutput : onnx::model,
                        feeds,
                        wanted,
                        1 / 32.0,
                        ELEMENTS)
                .run();
        boolean half = feeds.values().stream().anyMatch(feed -> feed.dtype().bits() == 16);
        double allowed = half ? IN_HALF : outcome.inDouble() ? IN_DOUBLE : IN_SINGLE;
        boolean ok = outcome.worst() <= allowed;
        String how = outcome.inDouble() ? "float64" : "float32";
        add(operator, test, ok ? Finding.OK : Finding.WRONG, how + " " + wanted + (ok ? "" : " " + outcome.where()));
    }

    private void add(String operator, String test, Finding finding, String remark) {
        table.computeIfAbsent(operator, any -> new EnumMap<>(Finding.class)).merge(finding, 1, Integer::sum);
        String line = String.format(
                "%-13s %-60s %s", finding, test, remark.lines().findFirst().orElse(""));
        if (finding == Finding.WRONG) {
            wrong.add(line);
        }
        lines.add(line);
    }

    private int count(Finding finding) {
        return table.values().stream()
                .mapToInt(counts -> counts.getOrDefault(finding, 0))
                .sum();
    }

    private void print() {
        System.out.println("== gradients of ONNX's node tests");
        lines.stream().filter(line -> !line.startsWith("OK")).forEach(System.out::println);
        table.forEach((operator, counts) -> System.out.printf("%-22s %s%n", operator, counts));
        for (Finding finding : Finding.values()) {
            System.out.printf("%-13s %d%n", finding, count(finding));
        }
    }
}
