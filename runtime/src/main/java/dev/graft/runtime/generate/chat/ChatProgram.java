package dev.graft.runtime.generate.chat;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.runtime.generate.chat.jinja.JinjaTemplate;
import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
     * A conversation without tools, written out.
     *
     * @param answerFollows whether to write up to where the next answer begins
     * @throws JinjaException if the program refuses it, or fails
     */
    public String write(List<ChatMessage> messages, boolean answerFollows) {
        return write(messages, List.of(), answerFollows);
    }

    /**
     * A conversation, written out.
     *
     * @param tools what the assistant may call, each as the schema of a function; empty for none
     * @param answerFollows whether to write up to where the next answer begins
     * @throws JinjaException if the program refuses it, or fails
     */
    public String write(List<ChatMessage> messages, List<JsonValue> tools, boolean answerFollows) {
        Map<String, @Nullable Object> variables = new HashMap<>(tokens);
        variables.put(
                "messages", messages.stream().map(TemplateValues::ofMessage).toList());
        variables.put("add_generation_prompt", answerFollows);
        variables.put("tools", TemplateValues.ofTools(tools));
        variables.put("documents", null);
        return template.render(variables);
    }
}
