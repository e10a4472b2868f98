package dev.graft.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.training.step.Batch;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Chat templates against what Jinja 3.1 renders of the models' own templates for the same conversation. */
class ChatTemplateTest {
    private static final String TURNS =
            "{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": \"Hello!\"}, "
                    + "{\"role\": \"user\", \"content\": \"Bye\"}, {\"role\": \"assistant\", \"content\": \"So long.\"}";
    private static final String QWEN = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.";

    @TempDir
    Path folder;

    private Workspace work;

    @BeforeEach
    void workspace() {
        work = Workspace.in(folder)
                .write("a.jsonl", "{\"messages\": [" + TURNS + "]}\n")
                .write(
                        "system.jsonl",
                        "{\"messages\": [{\"role\": \"system\", \"content\": \"Be brief.\"}, " + TURNS + "]}\n");
    }

    static Stream<Arguments> rendered() {
        String chatml = """
                <|im_start|>user
                Hi<|im_end|>
                <|im_start|>assistant
                Hello!<|im_end|>
                <|im_start|>user
                Bye<|im_end|>
                <|im_start|>assistant
                So long.<|im_end|>
                """;
        String llama3 =
                "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nHello!<|eot_id|>"
                        + "<|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nSo long.<|eot_id|>";
        return Stream.of(
                Arguments.of("chatml", "a.jsonl", chatml),
                Arguments.of("chatml", "system.jsonl", "<|im_start|>system\nBe brief.<|im_end|>\n" + chatml),
                Arguments.of("qwen3_nothink", "a.jsonl", chatml),
                Arguments.of("qwen", "a.jsonl", "<|im_start|>system\n" + QWEN + "<|im_end|>\n" + chatml),
                Arguments.of("qwen", "system.jsonl", "<|im_start|>system\nBe brief.<|im_end|>\n" + chatml),
                Arguments.of("llama3", "a.jsonl", "<s>" + llama3),
                Arguments.of(
                        "llama3",
                        "system.jsonl",
                        "<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>" + llama3),
                Arguments.of("gemma", "a.jsonl", """
                        <s><start_of_turn>user
                        Hi<end_of_turn>
                        <start_of_turn>model
                        Hello!<end_of_turn>
                        <start_of_turn>user
                        Bye<end_of_turn>
                        <start_of_turn>model
                        So long.<end_of_turn>
                        """),
                Arguments.of("mistral", "a.jsonl", "<s>[INST] Hi[/INST] Hello!</s>[INST] Bye[/INST] So long.</s>"),
                // Meta's program has spaces around answers; LLaMA-Factory leaves them to the tokenizer
                Arguments.of(
                        "llama2",
                        "system.jsonl",
                        "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST]Hello!</s><s>[INST] Bye [/INST]So long.</s>"));
    }

    @ParameterizedTest
    @MethodSource("rendered")
    void builtInTemplatesWriteWhatTheModelsOwnOnesDo(String name, String file, String expected) {
        Batch batch = work.open(file, "template=" + name).training().batch(0, 0);

        assertThat(Workspace.texts(batch)).containsExactly(expected);
    }

    @Test
    void answersWithTheirEndAreLearntAndHeadersAreNot() {
        Batch batch = work.open("a.jsonl", "template=mistral").training().batch(0, 0);

        assertThat(Workspace.learnt(batch))
                .containsExactly(".".repeat("[INST] Hi[/INST]".length()) + " Hello!</s>"
                        + ".".repeat("[INST] Bye[/INST]".length()) + " So long.</s>.");
    }

    private static final String CHATML =
            "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}"
                    + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
    private static final String MISTRAL = """
            {{ bos_token }}
            {%- for message in messages %}
                {%- if (message.role == 'user') != (loop.index0 % 2 == 0) %}
                    {{- raise_exception('Roles must alternate') }}
                {%- endif %}
                {%- if message.role == 'user' %}
                    {{- '[INST] ' + message.content + '[/INST]' }}
                {%- else %}
                    {{- ' ' + message.content | trim + eos_token }}
                {%- endif %}
            {%- endfor %}
            """;
    private static final String LLAMA3 =
            "{% for message in messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' "
                    + "+ message['content'] | trim + '<|eot_id|>' %}{% if loop.first %}{% set content = bos_token + content %}{% endif %}"
                    + "{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}";
    /** Writes an empty thought into the last answer, as newer models' programs do. */
    private static final String THINKING = """
            {%- for message in messages %}
            {{- '<|im_start|>' + message.role + '\n' }}
            {%- if message.role == 'assistant' and loop.last %}{{ '<think>\n\n</think>\n\n' }}{% endif %}
            {{- message.content + '<|im_end|>\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
            """;

    static Stream<Arguments> programs() {
        return Stream.of(
                Arguments.of(CHATML, "a.jsonl", "chatml"),
                Arguments.of(CHATML, "system.jsonl", "chatml"),
                Arguments.of(LLAMA3, "a.jsonl", "llama3"),
                Arguments.of(LLAMA3, "system.jsonl", "llama3"),
                Arguments.of(MISTRAL, "a.jsonl", "mistral"));
    }

    /** Tokens and what is learnt of them: from where the program has an answer begin to where the next prompt does. */
    @ParameterizedTest
    @MethodSource("programs")
    void theModelsOwnProgramIsRun(String program, String file, String same) {
        TrainingData data = work.chatTemplate(program).open(file);
        Batch own = data.training().batch(0, 0);
        Batch builtIn = work.open(file, "template=" + same).training().batch(0, 0);

        assertThat(data.report().template()).contains("the model's own");
        assertThat(Workspace.texts(own)).isEqualTo(Workspace.texts(builtIn));
        assertThat(Workspace.learnt(own)).isEqualTo(Workspace.learnt(builtIn));
    }

    @Test
    void aSystemMessageOfTheSettingsGoesIntoTheProgram() {
        work.chatTemplate(CHATML);

        assertThat(Workspace.texts(work.open("a.jsonl", "default_system=Hm.")
                                .training()
                                .batch(0, 0))
                        .get(0))
                .startsWith("<|im_start|>system\nHm.<|im_end|>\n<|im_start|>user\nHi");
    }

    @Test
    void whatAProgramPutsIntoAnAnswerIsLearnt() {
        work.write(
                        "one.jsonl",
                        "{\"messages\": ["
                                + TURNS.substring(0, TURNS.indexOf(", {\"role\": \"user\", \"content\": \"Bye"))
                                + "]}\n")
                .chatTemplate(THINKING);
        Batch batch = work.open("one.jsonl").training().batch(0, 0);

        String prompt = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n";
        String answer = "<think>\n\n</think>\n\nHello!<|im_end|>\n";
        assertThat(Workspace.texts(batch)).containsExactly(prompt + answer);
        assertThat(Workspace.learnt(batch)).containsExactly(".".repeat(prompt.length() - 1) + answer + ".");
    }

    @Test
    void whereAProgramChangesEarlierAnswersOnlyTheLastCanBeLearnt() {
        work.chatTemplate(THINKING);

        GraftException error = work.refused("a.jsonl");
        assertThat(error)
                .hasMessage("the model's own chat template writes earlier answers in another way once more follows; "
                        + "with mask_history: true the last one is learnt");
        assertThat(error.location().toString()).endsWith("a.jsonl, line 1");
        Batch batch = work.open("a.jsonl", "mask_history=true").training().batch(0, 0);
        assertThat(Workspace.texts(batch).get(0)).isEqualTo("""
                        <|im_start|>user
                        Hi<|im_end|>
                        <|im_start|>assistant
                        Hello!<|im_end|>
                        <|im_start|>user
                        Bye<|im_end|>
                        <|im_start|>assistant
                        <think>

                        </think>

                        So long.<|im_end|>
                        """);
        assertThat(Workspace.learnt(batch).get(0)).doesNotContain("Hello!").contains("So long.");
    }

    @Test
    void aConversationThatTheProgramRefusesIsABadRow() {
        GraftException error = work.chatTemplate(MISTRAL).refused("system.jsonl");

        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_DATA_INVALID);
        assertThat(error).hasMessage("the model's own chat template refuses the conversation: Roles must alternate");
        assertThat(error.location().toString()).endsWith("system.jsonl, line 1");
    }

    @Test
    void aProgramThatCannotBeRunIsRefused() {
        GraftException error =
                work.chatTemplate("{% include 'other' %}{{ messages }}").refused("a.jsonl");

        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_DATA_INVALID);
        assertThat(error.getMessage())
                .startsWith("the model's own chat template cannot be run: ")
                .contains("include");
        assertThat(error.remedy())
                .isEqualTo(
                        "Set template to one of plain, chatml, qwen3_nothink, qwen, llama3, llama2, mistral, gemma, alpaca, vicuna.");
    }

    @Test
    void aMissingOrUnknownTemplateIsRefused() {
        assertThat(work.refused("a.jsonl"))
                .hasMessage(
                        "the data are conversations, and the model's folder has no chat template to write them with");
        GraftException unknown = work.refused("a.jsonl", "template=chatlm");
        assertThat(unknown).hasMessage("--set template: unknown chat template 'chatlm'");
        assertThat(unknown.remedy()).isEqualTo("Did you mean 'chatml'?");
    }
}
