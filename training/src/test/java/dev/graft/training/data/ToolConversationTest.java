package dev.graft.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.format.json.JsonFiles;
import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.json.JsonValue.JsonArray;
import dev.graft.adapter.format.json.JsonValue.JsonObject;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.training.step.Batch;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Conversations with tools against what transformers makes of them; src/test/scripts/tool_goldens.py wrote it. */
class ToolConversationTest {
    private static final String CALLED =
            "{\"messages\": [{\"role\": \"user\", \"content\": \"Cold?\"}, {\"role\": \"assistant\", \"content\": \"\", \"tool_calls\": [{\"function\": {\"name\": \"t\", "
                    + "\"arguments\": {}}}]}, {\"role\": \"tool\", \"content\": \"-3\"}, {\"role\": \"assistant\", \"content\": \"Yes.\"}]%s}\n";
    private static final String OFFERED = ", \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"t\"}}]";
    private static final String CHATML = """
            {%- for message in messages %}
            {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}""";

    @TempDir
    Path folder;

    private Workspace work;

    @BeforeEach
    void workspace() {
        work = Workspace.in(folder);
    }

    record Golden(String name, String template, String row, Map<String, JsonValue> expected) {
        @Override
        public String toString() {
            return name;
        }

        String expected(String key) {
            return text(Objects.requireNonNull(expected.get(key)));
        }
    }

    static List<Golden> goldens() {
        Map<String, JsonValue> templates = ((JsonObject) Objects.requireNonNull(file().get("templates"))).members();
        return ((JsonArray) Objects.requireNonNull(file().get("cases")))
                .items().stream()
                        .map(item -> ((JsonObject) item).members())
                        .map(item -> new Golden(
                                text(item.get("template")) + ", " + text(item.get("conversation")),
                                text(templates.get(text(item.get("template")))),
                                text(item.get("row")),
                                item.get("golden") instanceof JsonObject golden ? golden.members() : Map.of()))
                        .toList();
    }

    static List<Golden> written() {
        // Mistral's template moves the tools to the last question
        return goldens().stream()
                .filter(golden -> golden.expected().containsKey("text"))
                .filter(golden -> !golden.name().equals("mistral, goes on"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("written")
    void areWrittenAndLearntAsTransformersDoes(Golden golden) {
        Batch batch =
                rowOf(golden).open("a.jsonl", "cutoff_len=9999").training().batch(0, 0);

        assertThat(Workspace.texts(batch)).containsExactly(golden.expected("text"));
        assertThat(Workspace.learnt(batch)).containsExactly(golden.expected("learnt"));
    }

    @Test
    void whatTheTemplateRefusesIsABadRow() {
        List<Golden> refused = goldens().stream()
                .filter(golden -> golden.expected().containsKey("raised"))
                .toList();

        assertThat(refused)
                .hasSizeGreaterThan(3)
                .allSatisfy(golden -> assertThat(rowOf(golden).refused("a.jsonl"))
                        .hasMessage("the model's own chat template refuses the conversation: "
                                + golden.expected("raised")));
    }

    @Test
    void toolsThatMoveToTheLastQuestionAreLearntWithMaskHistory() {
        Golden golden = named("mistral, goes on");

        assertThat(rowOf(golden).refused("a.jsonl"))
                .hasMessage("the model's own chat template writes earlier answers in another way once more follows; "
                        + "with mask_history: true the last one is learnt");
        Batch batch = work.open("a.jsonl", "cutoff_len=9999", "mask_history=true")
                .training()
                .batch(0, 0);
        assertThat(Workspace.texts(batch)).containsExactly(golden.expected("text"));
        assertThat(Workspace.learnt(batch).get(0)).endsWith(".. Bye.</s>.").doesNotContain("CALLS");
    }

    @Test
    void callsAreLearntAndWhatComesOfThemIsNot() {
        Golden golden = named("qwen, one after another");
        String learnt = Workspace.learnt(rowOf(golden)
                        .open("a.jsonl", "cutoff_len=9999")
                        .training()
                        .batch(0, 0))
                .get(0);

        assertThat(learnt.replaceAll("\\.{4,}", "|"))
                .isEqualTo(
                        "|<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Åre\", \"days\": 2, \"exact\": true, \"near\": null, "
                                + "\"to\": 1.5}}\n</tool_call><|im_end|>\n|<tool_call>\n{\"name\": \"clock\", \"arguments\": {}}\n</tool_call><|im_end|>\n|Yes, -3.<|im_end|>\n.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '^',
            value = {
                "{% for m in messages %}{{ m.role + m.content + (m.tool_calls | string) }}{% endfor %} @ the tools of the column 'tools'",
                "{% for m in messages %}{% if m.tools %}{{ m.tools | tojson }}{% endif %}{{ m.content }}{% endfor %} @ the tools of the column 'tools'",
                "{{ tools | tojson }}{% for m in messages %}{{ m.role + m.content }}{% endfor %} @ the 'tool_calls' of an assistant",
                "{{ tools | tojson }}{% for m in messages if m.role != 'tool' %}{{ m.tool_calls | default('') | string + m.content }}{% endfor %} @ messages of the role 'tool'",
            })
    void toolsThatTheTemplateDoesNotWriteAreRefused(String template, String unwritten) {
        work.write("a.jsonl", CALLED.formatted(OFFERED)).write("chat_template.jinja", template);

        GraftException error = work.refused("a.jsonl", "mask_history=true");

        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_DATA_INVALID);
        assertThat(error)
                .hasMessage("the model's own chat template does not write " + unwritten
                        + ", so that another conversation would be learnt; it needs a template that knows tools");
        assertThat(error.location().toString()).endsWith("a.jsonl, line 1");
    }

    @Test
    void aTemplateThatKnowsNoToolsWritesRowsWithoutThem() {
        work.write("a.jsonl", CALLED.formatted(""))
                .write(
                        "b.jsonl",
                        "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\", \"tool_calls\": []}], "
                                + "\"tools\": []}\n")
                .write("chat_template.jinja", CHATML);

        assertThat(work.refused("a.jsonl"))
                .message()
                .startsWith("the model's own chat template does not write the 'tool_calls'");
        assertThat(Workspace.texts(work.open("b.jsonl").training().batch(0, 0)))
                .containsExactly("<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n");
    }

    /** As TRL has them, both as lists of messages. */
    @Test
    void callsMayStandInPromptsAndCompletions() {
        Golden golden = named("qwen, call");
        String row = golden.row()
                .replace("\"messages\": [", "\"prompt\": [")
                .replace(", {\"role\": \"tool\"", "], \"completion\": [{\"role\": \"tool\"");
        rowOf(golden).write("a.jsonl", row + "\n");

        assertThat(Workspace.texts(
                        work.open("a.jsonl", "cutoff_len=9999").training().batch(0, 0)))
                .containsExactly(golden.expected("text"));
    }

    @Test
    void builtInTemplatesKnowNoTools() {
        for (String tools : List.of("", OFFERED)) {
            work.write("a.jsonl", CALLED.formatted(tools));

            assertThat(work.refused("a.jsonl", "template=qwen"))
                    .hasMessage(
                            "the built-in template qwen knows no tools, and the row has some; leave the key template out if the model's own does");
        }
    }

    @Test
    void aTemplateOfItsOwnForToolsCountsWhereTheyAreOffered() {
        work.write(
                        "tokenizer_config.json",
                        "{\"chat_template\": [{\"name\": \"default\", \"template\": \"{% for m in messages %}{{ m.content }};{% endfor %}\"}, "
                                + "{\"name\": \"tool_use\", \"template\": \"{{ tools | length }}:{% for m in messages %}{{ m.content }};{% endfor %}\"}]}")
                .write(
                        "a.jsonl",
                        "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}]%s}\n"
                                .formatted(OFFERED))
                .write(
                        "b.jsonl",
                        "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}\n");

        TrainingData data = work.open("a.jsonl");
        assertThat(Workspace.texts(data.training().batch(0, 0))).containsExactly("1:a;b;");
        assertThat(data.report().template()).contains("the model's own");
        assertThat(Workspace.texts(work.open("b.jsonl").training().batch(0, 0))).containsExactly("a;b;");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "\"tools\": {\"type\": \"function\"} | expected 'tools' to be a list of schemas, got an object",
                "\"tools\": [\"t\"] | expected each of 'tools' to be the schema of a function, got a string",
                "\"tools\": \"get_weather\" | expected the text of 'tools' to be JSON: ",
                "\"tools\": \"[1]\" | expected each of 'tools' to be the schema of a function, got a number",
                "\"functions\": [{\"name\": \"t\"}] | the column 'functions' is of an older form: name it 'tools', with an object of 'type' and 'function' for each",
                "\"tools\": [{\"most\": 12345678901234567890}] | the model's own chat template fails: a whole number beyond 64 bits",
            })
    void aColumnOfToolsThatIsNoneIsRefused(String column, String message) {
        work.write("a.jsonl", CALLED.formatted(", " + column))
                .write("chat_template.jinja", "{{ tools }}{{ messages }}");

        assertThat(work.refused("a.jsonl")).message().startsWith(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "[{\"role\": \"user\", \"content\": \"a\", \"tool_calls\": [1]}] | message 1: 'tool_calls' is for the assistant, got it from 'user'",
                "[{\"role\": \"assistant\", \"content\": \"a\", \"tool_calls\": \"t()\"}] | message 1: expected 'tool_calls' to be a list of calls, got a string",
                "[{\"role\": \"tool\"}] | message 1: expected an object with the texts 'role' and 'content'",
                "[{\"role\": \"assistant\", \"content\": null, \"tool_calls\": []}] | message 1: expected an object with the texts 'role' and 'content'",
                "[{\"role\": \"function\", \"content\": \"a\"}] | message 1: the role 'function' is of another form: write calls as 'tool_calls' of the assistant, and what comes "
                        + "of them as messages of the role 'tool'",
                "[{\"role\": \"assistant\", \"content\": \"\", \"function_call\": {\"name\": \"t\"}}] | message 1: 'function_call' is of another form: write calls as",
                "[{\"role\": \"tool\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}] | expected user and assistant in turn, got [tool, assistant]",
                "[{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}, {\"role\": \"tool\", \"content\": \"c\"}] | expected user and assistant in "
                        + "turn, ending with the assistant, got 3 messages besides the system's",
            })
    void messagesThatAreNoneAreRefused(String messages, String message) {
        work.write("a.jsonl", "{\"messages\": " + messages + "}\n").write("chat_template.jinja", CHATML);

        assertThat(work.refused("a.jsonl")).message().startsWith(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{\"from\": \"function_call\", \"value\": \"t()\"} | message 1: expected calls as JSON: ",
                "{\"from\": \"function_call\", \"value\": \"[]\"} | message 1: expected a call, got an empty list",
                "{\"from\": \"function_call\", \"value\": \"{}\"} | message 1: expected a call to be an object with 'name' and 'arguments'",
                "{\"from\": \"gpt\", \"value\": \"\", \"tool_calls\": [1]} | message 1: 'tool_calls' is of another form: beside 'from' and 'value' a call is a message from "
                        + "'function_call', and what comes of it one from 'observation'",
                "{\"from\": \"tool\", \"value\": \"a\"} | message 1: expected one of [assistant, function_call, gpt, human, observation, system, user] to speak, got 'tool'",
            })
    void messagesOfLlamaFactoryThatAreNoneAreRefused(String first, String message) {
        work.write("a.jsonl", "{\"conversations\": [" + first + "]}\n").write("chat_template.jinja", CHATML);

        assertThat(work.refused("a.jsonl")).message().startsWith(message);
    }

    private static Golden named(String name) {
        return goldens().stream()
                .filter(golden -> golden.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Workspace rowOf(Golden golden) {
        return work.write("a.jsonl", golden.row() + "\n").write("chat_template.jinja", golden.template());
    }

    private static Map<String, JsonValue> file() {
        try {
            return JsonFiles.readObject(
                            Path.of(Objects.requireNonNull(ToolConversationTest.class.getResource("tool_goldens.json"))
                                    .toURI()))
                    .members();
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String text(JsonValue value) {
        return ((JsonValue.JsonText) Objects.requireNonNull(value)).value();
    }
}
