package dev.graft.runtime.generate.chat;

import dev.graft.runtime.generate.chat.ChatTemplate.Begin;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells which built-in template the Jinja program of a model's {@code chat_template} amounts to, by what it writes. */
public final class TemplateRecognition {
    /** In a Jinja string the line break is written out, in a JSON file it may have become one. */
    private static final Pattern DEFAULT_SYSTEM =
            Pattern.compile("<\\|im_start\\|>system(?:\\\\n|\\n)([^<>{}'\"+]{1,500})<\\|im_end\\|>");

    private TemplateRecognition() {}

    /**
     * The template.
     *
     * @throws UnknownTemplateException if it is none of them, or writes something besides
     */
    public static ChatTemplate recognise(String jinja) {
        if (jinja.contains("<think>") || jinja.contains("reasoning_content")) {
            throw new UnknownTemplateException("it writes thoughts into answers");
        }
        if (jinja.contains("Cutting Knowledge Date") || jinja.contains("strftime_now")) {
            throw new UnknownTemplateException("it writes dates into the system message");
        }
        if (jinja.contains("<|start_header_id|>") && jinja.contains("<|eot_id|>")) {
            return ChatTemplates.builtIn("llama3");
        }
        if (jinja.contains("<|im_start|>") && jinja.contains("<|im_end|>")) {
            return chatml(jinja);
        }
        if (jinja.contains("<start_of_turn>") && jinja.contains("<end_of_turn>")) {
            return ChatTemplates.builtIn("gemma");
        }
        if (jinja.contains("[INST]") && jinja.contains("<<SYS>>")) {
            return ChatTemplates.builtIn("llama2");
        }
        // older models of that family had a space in front of [/INST] and none behind it
        if (jinja.contains("[INST] ") && jinja.contains("[/INST]") && !jinja.contains(" [/INST]")) {
            return ChatTemplates.builtIn("mistral");
        }
        throw new UnknownTemplateException("it is none of those that are built in");
    }

    private static ChatTemplate chatml(String jinja) {
        ChatTemplate template = ChatTemplates.builtIn("chatml");
        Matcher system = DEFAULT_SYSTEM.matcher(jinja);
        if (system.find()) {
            template = template.withDefaultSystem(system.group(1));
        }
        return jinja.contains("bos_token") ? template.withBos(Begin.FIRST) : template;
    }

    /** A template that cannot be told. */
    public static final class UnknownTemplateException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String reason;

        UnknownTemplateException(String reason) {
            super(reason);
            this.reason = reason;
        }

        /** Why not, as the end of a sentence. */
        public String reason() {
            return reason;
        }
    }
}
