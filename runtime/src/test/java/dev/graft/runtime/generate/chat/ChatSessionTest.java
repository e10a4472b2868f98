package dev.graft.runtime.generate.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.generate.Generation;
import dev.graft.runtime.generate.Generation.StopReason;
import dev.graft.runtime.generate.GenerationListener;
import dev.graft.runtime.generate.GenerationSettings;
import dev.graft.runtime.generate.TextGenerator;
import dev.graft.runtime.generate.TextModel;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.runtime.tiny.TinyModel;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conversations with a model that knows which character follows which: it answers OK and ends its turn. */
class ChatSessionTest {
    private static final char END_OF_TURN = CharacterTokenizer.END_OF_TURN;
    private static final CharacterTokenizer TOKENIZER = new CharacterTokenizer();
    private static final SpecialTokens SPECIAL = new SpecialTokens(OptionalInt.of('^'), true, OptionalInt.of('$'), 0);
    private static final GenerationSettings SETTINGS = GenerationSettings.ofMaxTokens(8);

    @TempDir
    Path folder;

    private ModelSession session;
    private TextGenerator generator;

    @BeforeEach
    void open() {
        int size = 128;
        double[] follows = new double[size * size];
        for (int last = 0; last < size; last++) {
            int next = last == 'O' ? 'K' : last == 'K' ? END_OF_TURN : 'O';
            follows[last * size + next] = 1;
        }
        Path model = TinyModel.create()
                .input("input_ids", DType.INT64.onnxNumber(), "batch", "sequence")
                .initializer(Tensor.ofDoubles("table", DType.FLOAT32, Shape.of(size, size), follows))
                .node("Gather", List.of("table", "input_ids"), "logits")
                .output("logits", DType.FLOAT32.onnxNumber(), "batch", "sequence", size)
                .write(folder.resolve("ok.onnx"));
        session = ModelSession.open(model, SessionSettings.DEFAULT);
        generator = TextGenerator.of(TextModel.over(session, List.of()), TOKENIZER);
    }

    @AfterEach
    void close() {
        generator.close();
        session.close();
    }

    /** What Jinja 3.1 renders of the models' own templates for this conversation, with its special tokens as one character each. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "chatml ~ `{user\nHi}\n{assistant\nOK}\n{user\nBye}\n{assistant\n`",
                "qwen ~ `{system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.}\n{user\nHi}\n{assistant\nOK}\n{user\nBye}\n{assistant\n`",
                "mistral ~ `^[INST] Hi[/INST]OK$[INST] Bye[/INST]`",
                "llama2 ~ `^[INST] Hi [/INST]OK$^[INST] Bye [/INST]`",
                "vicuna ~ `^A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions.USER: Hi ASSISTANT:OK$USER: Bye ASSISTANT:`",
            })
    void aConversationIsWrittenAsTheModelWasTaught(String template, String expected) {
        ChatSession chat = chat(template, Optional.empty());

        Generation answer = chat.answer(
                "Hi", generator, SETTINGS.withStopTokens(Set.of((long) END_OF_TURN)), GenerationListener.NONE);

        assertThat(answer.text()).isEqualTo("OK");
        assertThat(answer.reason()).isEqualTo(StopReason.STOP_TOKEN);
        assertThat(chat.turns()).isOne();
        assertThat(TOKENIZER.decode(chat.prompt("Bye"))).isEqualTo(expected);
    }

    @Test
    void theTemplatesOwnEndStopsAnAnswer() {
        ChatSession chat = chat("chatml", Optional.empty());

        assertThat(chat.stopTokens()).containsExactlyInAnyOrder((long) '$', (long) END_OF_TURN);
        assertThat(chat.answer("Hi", generator, SETTINGS, GenerationListener.NONE)
                        .reason())
                .isEqualTo(StopReason.STOP_TOKEN);
    }

    @Test
    void theSystemMessageStandsWhereTheTemplateHasIt() {
        assertThat(TOKENIZER.decode(chat("chatml", Optional.of("Be brief.")).prompt("Hi")))
                .isEqualTo("{system\nBe brief.}\n{user\nHi}\n{assistant\n");
        assertThat(TOKENIZER.decode(chat("llama2", Optional.of("Be brief.")).prompt("Hi")))
                .isEqualTo("^[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST]");
    }

    @Test
    void aConversationThatFillsTheContextIsAsItWasBefore() {
        ChatSession chat = chat("chatml", Optional.empty());
        String before = TOKENIZER.decode(chat.prompt("Bye"));

        GraftException error = catchThrowableOfType(
                GraftException.class,
                () -> chat.answer("Hi", generator, SETTINGS.withContextLength(12), GenerationListener.NONE));

        assertThat(error.code()).isEqualTo(ErrorCode.INPUTS_INVALID);
        assertThat(error).hasMessage("the prompt has 21 tokens and the model's context holds 12");
        assertThat(chat.turns()).isZero();
        assertThat(TOKENIZER.decode(chat.prompt("Bye"))).isEqualTo(before);
    }

    @Test
    void aResetForgetsWhatWasSaid() {
        ChatSession chat = chat("mistral", Optional.empty());
        chat.answer("Hi", generator, SETTINGS, GenerationListener.NONE);
        chat.reset();

        assertThat(TOKENIZER.decode(chat.prompt("Hi"))).isEqualTo("^[INST] Hi[/INST]");
    }

    private static ChatSession chat(String template, Optional<String> system) {
        return new ChatSession(ChatTemplates.builtIn(template), TOKENIZER, SPECIAL, system);
    }
}
