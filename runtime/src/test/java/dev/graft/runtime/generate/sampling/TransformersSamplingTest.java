package dev.graft.runtime.generate.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.adapter.format.json.JsonFiles;
import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.json.JsonValue.JsonArray;
import dev.graft.adapter.format.json.JsonValue.JsonNumber;
import dev.graft.adapter.format.json.JsonValue.JsonObject;
import dev.graft.testing.Fixtures;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What happens to logits, against the processors of Hugging Face transformers. */
class TransformersSamplingTest {
    private static final Map<String, JsonValue> GOLDEN =
            JsonFiles.readObject(Fixtures.path("generation/sampling.json")).members();

    static Stream<Arguments> cases() {
        return ((JsonArray) GOLDEN.get("cases"))
                .items().stream()
                        .map(item -> ((JsonObject) item).members())
                        .map(golden -> Arguments.of(settings(golden), numbers(golden.get("scores"))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void scoresAreThoseOfTransformers(SamplingSettings settings, double[] expected) {
        double[] scores = numbers(GOLDEN.get("logits"));

        TokenSampler.steps(settings).forEach(step -> step.apply(scores, seen()));

        for (int id = 0; id < scores.length; id++) {
            if (expected[id] == Double.NEGATIVE_INFINITY) {
                assertThat(scores[id]).as("token " + id).isEqualTo(Double.NEGATIVE_INFINITY);
            } else {
                assertThat(scores[id]).as("token " + id).isCloseTo(expected[id], within(1e-12));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void tokensAreDrawnAsOftenAsTheyAreLikely(SamplingSettings settings, double[] expected) {
        double[] weights = IntStream.range(0, expected.length)
                .mapToDouble(id -> Math.exp(expected[id]))
                .toArray();
        double sum = IntStream.range(0, weights.length)
                .mapToDouble(id -> weights[id])
                .sum();
        int draws = 20_000;
        int[] drawn = new int[weights.length];
        TokenSampler sampler = TokenSampler.of(settings.withSeed(5));
        seen().stream().forEach(sampler::see);
        for (int i = 0; i < draws; i++) {
            drawn[sampler.choose(numbers(GOLDEN.get("logits")))]++;
        }

        for (int id = 0; id < drawn.length; id++) {
            double likely = weights[id] / sum;
            double deviation = Math.sqrt(draws * likely * (1 - likely));
            assertThat((double) drawn[id])
                    .as("token " + id)
                    .isCloseTo(
                            draws * likely,
                            within(4.5 * deviation + (expected[id] == Double.NEGATIVE_INFINITY ? 0 : 3)));
        }
    }

    private static SamplingSettings settings(Map<String, JsonValue> golden) {
        return new SamplingSettings(
                number(golden, "temperature", 1),
                (int) number(golden, "top_k", 0),
                number(golden, "top_p", 1),
                number(golden, "repetition_penalty", 1),
                0);
    }

    private static BitSet seen() {
        BitSet seen = new BitSet();
        for (double token : numbers(GOLDEN.get("text"))) {
            seen.set((int) token);
        }
        return seen;
    }

    private static double number(Map<String, JsonValue> golden, String key, double otherwise) {
        return golden.get(key) instanceof JsonNumber number ? number.toDouble() : otherwise;
    }

    private static double[] numbers(JsonValue array) {
        List<JsonValue> items = ((JsonArray) array).items();
        return items.stream()
                .mapToDouble(item -> item instanceof JsonNumber number ? number.toDouble() : Double.NEGATIVE_INFINITY)
                .toArray();
    }
}
