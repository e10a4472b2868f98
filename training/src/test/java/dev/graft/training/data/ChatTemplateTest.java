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
import org.junit.jupiter.params.provider.CsvSource;
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %} ~ chatml",
                "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('no') }}{% endif %}{{ '<start_of_turn>' + role + '\\n' + "
                        + "message['content'] | trim + '<end_of_turn>\\n' }} ~ gemma",
                "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' %} ~ llama3",
                "{% set content = '<<SYS>>\\n' + system_message %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }} ~ llama2",
                "{{ '[INST] ' + message['content'] + '[/INST]' }}{{ ' ' + message['content'] + eos_token}} ~ mistral",
            })
    void theModelsOwnTemplateIsRecognised(String jinja, String name) {
        TrainingData data = work.chatTemplate(jinja).open("a.jsonl");

        assertThat(data.report().template()).contains(name);
        assertThat(Workspace.texts(data.training().batch(0, 0)))
                .isEqualTo(Workspace.texts(
                        work.open("a.jsonl", "template=" + name).training().batch(0, 0)));
    }

    @Test
    void theDefaultSystemMessageOfTheModelsOwnTemplateIsTaken() {
        work.chatTemplate(
                "{{- '<|im_start|>system\\n" + QWEN + "<|im_end|>\\n' }}{{- '<|im_start|>' + message.role }}");

        assertThat(Workspace.texts(work.open("a.jsonl").training().batch(0, 0)))
                .isEqualTo(Workspace.texts(
                        work.open("a.jsonl", "template=qwen").training().batch(0, 0)));
        assertThat(Workspace.texts(work.open("a.jsonl", "default_system=Hm.")
                                .training()
                                .batch(0, 0))
                        .get(0))
                .startsWith("<|im_start|>system\nHm.<|im_end|>\n<|im_start|>user\nHi");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "<|im_start|> <|im_end|> <think> ~ it writes thoughts into answers",
                "<|start_header_id|> <|eot_id|> Cutting Knowledge Date ~ it writes dates into the system message",
                "{{ [INST] content [/INST] }} ~ it is none of those that are built in",
                "{{ messages }} ~ it is none of those that are built in",
            })
    void aTemplateThatCannotBeToldIsRefused(String jinja, String reason) {
        GraftException error = work.chatTemplate(jinja).refused("a.jsonl");

        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_DATA_INVALID);
        assertThat(error).hasMessage("the model's own chat template cannot be told: " + reason);
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
