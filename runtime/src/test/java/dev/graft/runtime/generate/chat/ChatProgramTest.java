package dev.graft.runtime.generate.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.generate.chat.jinja.JinjaTemplate;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Conversations that the model's own program writes; one character is one token. */
class ChatProgramTest {
    private static final CharacterTokenizer TOKENIZER = new CharacterTokenizer();
    private static final String CHATML = """
            {%- for message in messages %}
            {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}""";
    /** Leaves thoughts out of all answers but the last. */
    private static final String THINKING = """
            {%- for message in messages %}
            {%- set content = message.content %}
            {%- if not loop.last %}{% set content = content.split('#')[-1] %}{% endif %}
            {{- '<|im_start|>' + message.role + '\n' + content + '<|im_end|>\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}""";

    private static final String ALTERNATING = """
            {{- bos_token }}
            {%- for message in messages %}
            {%- if message.role == 'system' %}{{ raise_exception('no system message here') }}{% endif %}
            {{- '[' + message.content + ']' if message.role == 'user' else message.content + eos_token }}
            {%- endfor %}""";

    @Test
    void aConversationIsWhatTheProgramWritesOfIt() {
        ChatWriter chat = writer(CHATML, Optional.of("Be brief."));
        assertThat(text(chat.prompt("Hi"))).isEqualTo("{system\nBe brief.}\n{user\nHi}\n{assistant\n");

        answer(chat, "Hi", "OK");

        assertThat(text(chat.prompt("Bye")))
                .isEqualTo("{system\nBe brief.}\n{user\nHi}\n{assistant\nOK}\n{user\nBye}\n{assistant\n");
    }

    /** The tokens of an answer stay as they were generated, whatever the tokenizer would make of its text. */
    @Test
    void anAnswersOwnTokensAreKept() {
        ChatWriter chat = writer(CHATML, Optional.empty());
        long[] prompt = chat.prompt("Hi");
        long[] generated = TemplateWriter.concat(prompt, new long[] {'O' + 1000});
        chat.answered("Hi", generated, "O");

        assertThat(chat.prompt("Bye")).startsWith(generated);
    }

    @Test
    void whatTheProgramWritesAnewIsEncodedAnew() {
        ChatWriter chat = writer(THINKING, Optional.empty());
        answer(chat, "Hi", "hm#OK");

        assertThat(text(chat.prompt("Bye"))).isEqualTo("{user\nHi}\n{assistant\nOK}\n{user\nBye}\n{assistant\n");
    }

    @Test
    void theSpecialTokenBehindAnAnswerEndsIt() {
        assertThat(writer(CHATML, Optional.empty()).stopTokens()).containsExactly((long) '}');
        assertThat(writer(ALTERNATING, Optional.empty()).stopTokens()).isEmpty();
    }

    @Test
    void aResetForgetsAllButTheSystemMessage() {
        ChatWriter chat = writer(CHATML, Optional.of("Be brief."));
        answer(chat, "Hi", "OK");
        chat.reset();

        assertThat(text(chat.prompt("Hi"))).isEqualTo("{system\nBe brief.}\n{user\nHi}\n{assistant\n");
    }

    @Test
    void aConversationThatTheProgramRefusesIsToldInItsWords() {
        assertThat(text(writer(ALTERNATING, Optional.empty()).prompt("Hi"))).isEqualTo("^[Hi]");

        ChatWriter chat = writer(ALTERNATING, Optional.of("Be brief."));
        GraftException error = catchThrowableOfType(GraftException.class, () -> chat.prompt("Hi"));
        assertThat(error.code()).isEqualTo(ErrorCode.INPUTS_INVALID);
        assertThat(error)
                .hasMessageContaining("the model's own chat template refuses the conversation: no system message here");
    }

    private static ChatWriter writer(String program, Optional<String> system) {
        Map<String, String> tokens = Map.of("bos_token", "^", "eos_token", "$");
        return new ProgramWriter(new ChatProgram(JinjaTemplate.parse(program), tokens), TOKENIZER, system);
    }

    private static void answer(ChatWriter chat, String message, String answer) {
        chat.answered(message, TemplateWriter.concat(chat.prompt(message), TOKENIZER.encodeBare(answer)), answer);
    }

    private static String text(long[] tokens) {
        return TOKENIZER.decode(tokens);
    }
}
