package dev.graft.runtime.generate.chat;

import dev.graft.runtime.generate.chat.jinja.JinjaTemplate;
import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's own chat template: a program of Jinja that writes a whole conversation, as {@code apply_chat_template} of transformers runs it.
 *
 * @param template the program
 * @param tokens the texts of special tokens that it may write, such as {@code bos_token}
 */
public record ChatProgram(JinjaTemplate template, Map<String, String> tokens) implements ChatForm {
    private static final List<String> TOKENS = List.of("bos_token", "eos_token", "unk_token", "pad_token");

    public ChatProgram {
        tokens = Map.copyOf(tokens);
    }

    /**
     * What somebody says.
     *
     * @param role {@code system}, {@code user} or {@code assistant}
     * @param content the words
     */
    public record Message(String role, String content) {}

    /**
     * The program of a chat template.
     *
     * @param folder where the special tokens are named
     * @throws JinjaException if it is none, or has what no chat template needs
     */
    public static ChatProgram of(String jinja, TokenizerFolder folder) {
        Map<String, String> tokens = new HashMap<>();
        TOKENS.forEach(name -> folder.token(name).ifPresent(text -> tokens.put(name, text)));
        return new ChatProgram(JinjaTemplate.parse(jinja), tokens);
    }

    @Override
    public String name() {
        return "the model's own";
    }

    /**
     * A conversation, written out.
     *
     * @param answerFollows whether to write up to where the next answer begins
     * @throws JinjaException if the program refuses it, or fails
     */
    public String write(List<Message> messages, boolean answerFollows) {
        Map<String, Object> variables = new HashMap<>(tokens);
        variables.put(
                "messages",
                messages.stream()
                        .map(message -> Map.of("role", message.role(), "content", message.content()))
                        .toList());
        variables.put("add_generation_prompt", answerFollows);
        variables.put("tools", null);
        variables.put("documents", null);
        return template.render(variables);
    }
}
