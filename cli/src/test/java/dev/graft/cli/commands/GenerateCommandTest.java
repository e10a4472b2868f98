package dev.graft.cli.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code graft generate} as a person types it, on the bundled sample. */
class GenerateCommandTest extends TypedCommands {
    private static final String PROMPT = "This morning the harbour";
    /** What PyTorch and PEFT say, as the sample's page has it. */
    private static final String CALM = " smells of salt and tar. A fine wind comes from the south.";

    private static final String PIRATE = " be burnin' under a crooked moon! We sank five merchant ships";
    private static final String STADIUM = " IS SHAKING! PASS TO TOBIAS, BACK TO THE BEEKEEPER, AND IT IS IN!";

    private final String tokenizer = sample.resolve("base/tokenizer.json").toString();
    private final String other = sample.resolve("adapter-second-style").toString();

    @Test
    void aTextIsPrintedBehindItsPrompt() {
        assertThat(run("generate", base, "-p", PROMPT, "--max-tokens", "90"))
                .as(messages())
                .isZero();

        assertThat(results()).startsWith(PROMPT + CALM).endsWith("\n");
        assertThat(messages())
                .containsPattern("[0-9]+ tokens, [0-9]+ tokens/s, first after [0-9]+ ms, ended by: stop_token");
    }

    @Test
    void severalPromptsAreContinuedOneAfterTheOther() {
        assertThat(run("generate", base, "-p", PROMPT, "-p", "Mara the captain", "--json"))
                .isZero();

        JsonArray generations = json().getAsJsonArray("generations");
        assertThat(generations).hasSize(2);
        JsonObject first = generations.get(0).getAsJsonObject();
        assertThat(first.get("prompt").getAsString()).isEqualTo(PROMPT);
        assertThat(first.get("text").getAsString()).startsWith(CALM);
        assertThat(first.getAsJsonArray("tokens").size()).isBetween(10, 64);
        assertThat(first.get("reason").getAsString()).isEqualTo("stop_token");
        assertThat(first.get("tokens_per_second").getAsDouble()).isPositive();
        assertThat(first.get("time_to_first_token").getAsDouble()).isPositive();
        assertThat(generations.get(1).getAsJsonObject().get("text").getAsString())
                .startsWith(" sits near the mill and reads a letter.");
    }

    @Test
    void aStopStringEndsTheTextInFrontOfIt() {
        JsonObject stopped = generation("--stop", "never", "--stop", "and tar");

        assertThat(stopped.get("text").getAsString()).isEqualTo(" smells of salt ");
        assertThat(stopped.get("reason").getAsString()).isEqualTo("stop_string");
    }

    @Test
    void theSeedDecidesADrawAndThreadsDoNot() {
        String one = text("--temperature", "1.5", "--seed", "3", "--threads", "1");

        assertThat(text("--temperature", "1.5", "--seed", "3", "--threads", "2"))
                .isEqualTo(one);
        assertThat(text("--temperature", "1.5", "--seed", "4")).isNotEqualTo(one);
        assertThat(text("--top-k", "1")).startsWith(CALM);
        assertThat(text("--temperature", "1.5", "--top-p", "0.01")).startsWith(CALM);
        assertThat(text("--repetition-penalty", "50")).startsWith(" smells").isNotEqualTo(text());
    }

    @Test
    void aConversationSwitchesAdaptersInTheMiddle() {
        String attached = output("attached.onnx");
        assertThat(run("attach", base, "-o", attached, "--style", "input", "--targets", "all-linear"))
                .isZero();

        assertThat(talk(
                        String.join(
                                "\n",
                                PROMPT,
                                "/adapter stadium",
                                "/reset",
                                PROMPT,
                                "/base",
                                "/reset",
                                PROMPT,
                                "/adapter stadiun",
                                "/adapter",
                                "/nonsense",
                                "/help"),
                        attached,
                        "--adapter",
                        adapter,
                        "--adapter",
                        "stadium=" + other,
                        "--max-tokens",
                        "40"))
                .as(messages())
                .isZero();

        List<String> answers = results().lines().toList();
        assertThat(answers).hasSize(3);
        assertThat(answers.get(0)).startsWith(PIRATE);
        assertThat(answers.get(1)).startsWith(STADIUM);
        assertThat(answers.get(2)).startsWith(CALM);
        assertThat(messages())
                .contains(
                        "answered by adapter adapter; /help",
                        "answered by adapter stadium",
                        "answered by the base",
                        "unknown adapter \"stadiun\"; loaded: adapter, stadium",
                        "Did you mean 'stadium'?",
                        "answered by the base; loaded: adapter, stadium",
                        "no such word: /nonsense",
                        "/exit           end");
    }

    @Test
    void aConversationGoesOnFromWhatWasSaid() {
        assertThat(talk(PROMPT + "\nMara the captain\n/exit\n" + PROMPT, base, "--json", "--max-tokens", "5"))
                .as(messages())
                .isZero();

        List<String> turns = results().lines().toList();
        assertThat(turns).hasSize(2);
        JsonObject second = JsonParser.parseString(turns.get(1)).getAsJsonObject();
        assertThat(second.get("adapter").isJsonNull()).isTrue();
        int first = JsonParser.parseString(turns.get(0))
                .getAsJsonObject()
                .getAsJsonObject("answer")
                .get("prompt_tokens")
                .getAsInt();
        // the first message, five tokens of an answer, the tokens between, the second message
        assertThat(second.getAsJsonObject("answer").get("prompt_tokens").getAsInt())
                .isGreaterThan(first + 5);
    }

    @Test
    void wordsThatDoNotFitAreErrorsOfUsage() {
        assertThat(run("generate", base)).isEqualTo(2);
        assertThat(messages()).contains("expected --prompt or --chat");
        assertThat(run("generate", base, "-p", "x", "--chat")).isEqualTo(2);
        assertThat(messages()).contains("expected --prompt or --chat, got both");
        assertThat(run("generate", base, "--chat")).isEqualTo(2);
        assertThat(messages())
                .contains("there is no chat template beside the tokenizer; choose one with --template: plain, chatml");
        assertThat(run("generate", base, "--chat", "--template", "chatlm")).isEqualTo(2);
        assertThat(messages()).contains("unknown chat template 'chatlm'. Did you mean 'chatml'?");
        assertThat(run("generate", base, "-p", "x", "--top-p", "1.5")).isEqualTo(2);
        assertThat(messages()).contains("--top-p: expected a number from 0.0 to 1.0, got '1.5'");
        assertThat(run("generate", base, "-p", "x", "--adapter", "a=" + adapter, "--adapter", "a=" + other))
                .isEqualTo(2);
        assertThat(messages()).contains("two adapters are called 'a'");
    }

    @Test
    void severalAdaptersAreAddedUpAsTheyAreWhenMerged() {
        String attached = output("attached.onnx");
        String merged = output("merged.onnx");
        assertThat(run("attach", base, "-o", attached, "--style", "input", "--targets", "all-linear"))
                .isZero();
        assertThat(run("merge", base, adapter + "@0.6", other + "@0.5", "-o", merged))
                .isZero();
        assertThat(run("generate", merged, "-p", PROMPT, "--tokenizer", tokenizer))
                .isZero();
        String expected = results();

        assertThat(run(
                        "generate",
                        attached,
                        "-p",
                        PROMPT,
                        "--tokenizer",
                        tokenizer,
                        "--adapter",
                        adapter + "@0.6",
                        "--adapter",
                        other + "@0.5"))
                .isZero();
        assertThat(results()).isEqualTo(expected).doesNotContain(CALM, PIRATE, STADIUM);
        assertThat(talk(
                        "/adapter a@0.6+b@0.25\n" + PROMPT,
                        attached,
                        "--adapter",
                        "a=" + adapter,
                        "--adapter",
                        "b=" + other + "@2"))
                .isZero();
        assertThat(PROMPT + results()).isEqualTo(expected);
    }

    @Test
    void aMixThatCannotBeIsTold() {
        String attached = output("attached.onnx");
        assertThat(run("attach", base, "-o", attached, "--style", "input", "--targets", "all-linear"))
                .isZero();

        assertThat(talk("/adapter a@0.6+a\n/adapter a@1.2.3\n/adapter a+c", attached, "--adapter", "a=" + adapter))
                .isZero();
        assertThat(results()).isEmpty();
        assertThat(messages())
                .contains(
                        "'a' is named twice",
                        "expected a number behind @, got '1.2.3'",
                        "unknown adapter \"c\"; loaded: a");
    }

    @Test
    void aTemplateOfTheModelsOwnIsRun() throws Exception {
        Files.copy(sample.resolve("base/tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"chat_template\": \"{% for message in messages %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + '[/INST]' }}"
                        + "{% else %}{{ ' ' + message['content'] }}{% endif %}{% endfor %}\"}");

        assertThat(talkWith(output("tokenizer.json"), "Hello", base, "--json", "--max-tokens", "2"))
                .as(messages())
                .isZero();
        int tokens = json().getAsJsonObject("answer").get("prompt_tokens").getAsInt();
        assertThat(run("generate", base, "-p", "[INST] Hello[/INST]", "--json", "--max-tokens", "1"))
                .isZero();
        assertThat(json().getAsJsonArray("generations")
                        .get(0)
                        .getAsJsonObject()
                        .get("prompt_tokens")
                        .getAsInt())
                .isEqualTo(tokens);
    }

    @Test
    void aTemplateThatCannotBeRunIsAMistakeOfUse() throws Exception {
        Files.copy(sample.resolve("base/tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"chat_template\": \"{% for message in %}\"}");

        assertThat(talkWith(output("tokenizer.json"), "Hello", base)).isEqualTo(2);
        assertThat(messages())
                .contains("the model's own chat template cannot be run: ", "choose one with --template: plain, chatml");
    }

    @Test
    void benchGenerateComparesEveryForm() {
        assertThat(run("bench", "generate", "--rounds", "1", "--length", "4"))
                .as(messages())
                .isZero();
        assertThat(results())
                .contains(
                        "base, no cache",
                        "merged",
                        "attached, constant",
                        "attached, input",
                        "batched, one text",
                        "batched, 8 texts, an adapter each",
                        "tokens/s")
                .doesNotContain("base, cache");
    }

    private JsonObject generation(String... more) {
        List<String> words = new ArrayList<>(List.of("generate", base, "-p", PROMPT, "--json"));
        words.addAll(List.of(more));
        assertThat(run(words.toArray(String[]::new))).as(messages()).isZero();
        return json().getAsJsonArray("generations").get(0).getAsJsonObject();
    }

    private String text(String... more) {
        return generation(more).get("text").getAsString();
    }

    private int talk(String lines, String model, String... more) {
        List<String> words = new ArrayList<>(List.of("--template", "plain"));
        words.addAll(List.of(more));
        return talkWith(tokenizer, lines, model, words.toArray(String[]::new));
    }

    private int talkWith(String tokenizerFile, String lines, String model, String... more) {
        List<String> words = new ArrayList<>(List.of("generate", model, "--chat", "--tokenizer", tokenizerFile));
        words.addAll(List.of(more));
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(lines.getBytes(UTF_8)));
        try {
            return run(words.toArray(String[]::new));
        } finally {
            System.setIn(before);
        }
    }
}
