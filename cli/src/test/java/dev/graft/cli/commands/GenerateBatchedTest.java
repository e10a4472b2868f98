package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several prompts with different adapters in one batch, against each of them alone on the model in style input. */
class GenerateBatchedTest extends TypedCommands {
    private static final List<String> PROMPTS =
            List.of("This morning the harbour", "Mara", "The", "In the evening Mara the captain");
    private static final List<String> MIXES = List.of("pirate", "stadium", "base", "pirate@0.6+stadium@0.5");

    private final String tokenizer = sample.resolve("base/tokenizer.json").toString();
    private final String other = sample.resolve("adapter-second-style").toString();

    @BeforeEach
    void attach() {
        assertThat(run("attach", base, "-o", output("input.onnx"), "--style", "input", "--targets", "all-linear"))
                .as(messages())
                .isZero();
        attachBatched(4, 16);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void eachTextIsTheOneThatItsAdapterGivesAlone(int prompts) {
        List<JsonObject> together = generations("batched.onnx", words(prompts));

        assertThat(together).hasSize(prompts);
        for (int i = 0; i < prompts; i++) {
            assertThat(told(together.get(i))).isEqualTo(told(alone(i)));
        }
        assertThat(together.stream()
                        .map(one -> one.getAsJsonArray("tokens").size())
                        .distinct())
                .as("they end at different times")
                .hasSizeGreaterThanOrEqualTo(Math.min(prompts, 3));
        assertThat(together.get(0).get("adapter").getAsString()).isEqualTo("pirate");
    }

    @Test
    void drawsAreThoseOfTheTextAlone() {
        String[] draw = {"--temperature", "1.2", "--top-p", "0.9", "--seed", "7", "--repetition-penalty", "1.1"};

        List<JsonObject> together = generations("batched.onnx", words(4, draw));

        for (int i = 0; i < 4; i++) {
            assertThat(told(together.get(i))).isEqualTo(told(alone(i, draw)));
        }
        assertThat(told(together.get(0))).isNotEqualTo(told(alone(0)));
    }

    @Test
    void stopStringsEndOneTextAndNotTheOthers() {
        List<JsonObject> together = generations("batched.onnx", words(2, "--stop", "moon"));

        assertThat(together.get(0).get("reason").getAsString()).isEqualTo("stop_string");
        assertThat(together.get(0).get("text").getAsString()).isEqualTo(" be burnin' under a crooked ");
        assertThat(told(together.get(1))).isEqualTo(told(alone(1)));
    }

    @Test
    void moreAdaptersThanSlotsTakeTurns() {
        attachBatched(1, 16);

        List<JsonObject> together = generations("batched.onnx", words(4));

        for (int i = 0; i < 4; i++) {
            assertThat(told(together.get(i))).isEqualTo(told(alone(i)));
        }
    }

    @Test
    void withoutAPromptAdapterAllAdaptersAreAddedUpAsInStyleInput() {
        String[] both = {
            "-p", PROMPTS.get(0), "-p", PROMPTS.get(1), "--adapter", adapter + "@0.6", "--adapter", other + "@0.5"
        };

        List<JsonObject> together = generations("batched.onnx", both);
        List<JsonObject> inTurn = generations("input.onnx", both);

        assertThat(together.stream().map(GenerateBatchedTest::told))
                .isEqualTo(inTurn.stream().map(GenerateBatchedTest::told).toList());
        assertThat(together.get(1).get("adapter").getAsString()).isEqualTo("adapter@0.6+adapter-second-style@0.5");
    }

    @Test
    void theSameWordsAreContinuedInTurnInStyleInput() {
        List<JsonObject> inTurn = generations("input.onnx", words(4));

        for (int i = 0; i < 4; i++) {
            assertThat(told(inTurn.get(i))).isEqualTo(told(alone(i)));
        }
        assertThat(inTurn.get(2).get("adapter").isJsonNull()).isTrue();
    }

    @Test
    void textsArePrintedInTheOrderOfThePrompts() {
        assertThat(run(command("batched.onnx", words(2)))).as(messages()).isZero();
        assertThat(results().lines())
                .hasSizeGreaterThanOrEqualTo(2)
                .first()
                .asString()
                .startsWith(PROMPTS.get(0) + " be burnin' under a crooked moon!");
        assertThat(results()).contains("\n" + PROMPTS.get(1));
        assertThat(messages()).containsPattern("2 texts together: [0-9]+ tokens, [0-9]+ tokens/s");

        assertThat(run(command("batched.onnx", words(1)))).as(messages()).isZero();
        assertThat(results())
                .startsWith(PROMPTS.get(0) + " be burnin' under a crooked moon!")
                .endsWith("\n");
        assertThat(messages()).doesNotContain("texts together");
    }

    @Test
    void pairsThatDoNotFitAreErrorsOfUsage() {
        assertThat(run(command(
                        "batched.onnx", "-p", "a", "-p", "b", "--adapter", adapter, "--prompt-adapter", "adapter")))
                .isEqualTo(2);
        assertThat(messages())
                .contains("expected a --prompt-adapter for each --prompt, base where it is none: got 1 for 2");
        assertThat(run(command(
                        "batched.onnx", "-p", "a", "--adapter", "stadium=" + other, "--prompt-adapter", "stadiun")))
                .isEqualTo(3);
        assertThat(messages()).contains("unknown adapter \"stadiun\"; loaded: stadium", "Did you mean 'stadium'?");
    }

    @Test
    void aMixBeyondTheSlotsRankSaysWhatWouldFit() {
        attachBatched(2, 8);

        assertThat(run(command("batched.onnx", words(4)))).isEqualTo(3);
        assertThat(messages())
                .contains("the adapter has rank 16, the model's slots take at most rank 8", "--max-rank 16 or more");
    }

    @Test
    void aConversationIsRefused() {
        assertThat(run(command("batched.onnx", "--chat", "--template", "plain")))
                .isEqualTo(3);
        assertThat(messages())
                .contains("style batched, which continues prompts and holds no conversation", "--style input");
    }

    private void attachBatched(int slots, int rank) {
        assertThat(run(
                        "attach",
                        base,
                        "-o",
                        output("batched.onnx"),
                        "--force",
                        "--style",
                        "batched",
                        "--targets",
                        "all-linear",
                        "--slots",
                        Integer.toString(slots),
                        "--max-rank",
                        Integer.toString(rank)))
                .as(messages())
                .isZero();
    }

    /** The first prompts, each with its mix. */
    private String[] words(int prompts, String... more) {
        List<String> words =
                new ArrayList<>(List.of("--adapter", "pirate=" + adapter, "--adapter", "stadium=" + other));
        for (int i = 0; i < prompts; i++) {
            words.addAll(List.of("-p", PROMPTS.get(i), "--prompt-adapter", MIXES.get(i)));
        }
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    /** One prompt on the model in style input, with its adapters as the only ones. */
    private JsonObject alone(int prompt, String... more) {
        List<String> words = new ArrayList<>(List.of("-p", PROMPTS.get(prompt)));
        switch (prompt) {
            case 0 -> words.addAll(List.of("--adapter", adapter));
            case 1 -> words.addAll(List.of("--adapter", other));
            case 3 -> words.addAll(List.of("--adapter", adapter + "@0.6", "--adapter", other + "@0.5"));
            default -> {}
        }
        words.addAll(List.of(more));
        return generations("input.onnx", words.toArray(String[]::new)).get(0);
    }

    private List<JsonObject> generations(String model, String... words) {
        List<String> all = new ArrayList<>(List.of(command(model, words)));
        all.add("--json");
        assertThat(run(all.toArray(String[]::new))).as(messages()).isZero();
        JsonArray generations = json().getAsJsonArray("generations");
        List<JsonObject> objects = new ArrayList<>();
        for (JsonElement generation : generations) {
            objects.add(generation.getAsJsonObject());
        }
        return objects;
    }

    private String[] command(String model, String... words) {
        List<String> all = new ArrayList<>(List.of("generate", output(model), "--tokenizer", tokenizer));
        all.addAll(List.of(words));
        return all.toArray(String[]::new);
    }

    /** All of a text but how fast it was and what the adapter is called. */
    private static List<JsonElement> told(JsonObject generation) {
        return List.of(
                generation.get("prompt"),
                generation.get("text"),
                generation.get("tokens"),
                generation.get("prompt_tokens"),
                generation.get("reason"));
    }
}
