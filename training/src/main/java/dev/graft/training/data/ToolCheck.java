package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.runtime.generate.chat.ChatMessage;
import dev.graft.runtime.generate.chat.ChatProgram;
import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a model's own chat template writes all that a conversation has of tools: most were made before there were any, and pass over what they do not know. Each piece is
 * left out or changed, upon which the program must write something else, or fail; the program's words would not tell, since some have one and read another.
 *
 * @param program the model's own chat template
 * @param tools what the conversation offers
 * @param messages the whole of it
 * @param written what the program makes of it
 */
record ToolCheck(ChatProgram program, List<JsonValue> tools, List<ChatMessage> messages, String written) {
    /**
     * Makes sure of it.
     *
     * @throws BadRowException if another conversation would be learnt
     */
    void require() {
        if (!tools.isEmpty() && isWritten(messages, List.of())) {
            throw unwritten("the tools of the column 'tools'");
        }
        for (int i = 0; i < messages.size(); i++) {
            ChatMessage message = messages.get(i);
            if (!message.field("tool_calls").isEmpty()
                    && isWritten(with(i, message.with("tool_calls", JsonValue.ofNull())), tools)) {
                throw unwritten("the 'tool_calls' of an assistant");
            }
            if (message.role().equals("tool") && isWritten(with(i, otherResult(message)), tools)) {
                throw unwritten("messages of the role 'tool'");
            }
        }
    }

    private List<ChatMessage> with(int place, ChatMessage other) {
        List<ChatMessage> changed = new ArrayList<>(messages);
        changed.set(place, other);
        return changed;
    }

    private static ChatMessage otherResult(ChatMessage message) {
        return message.with("content", JsonValue.of(message.content() + "?"));
    }

    private boolean isWritten(List<ChatMessage> changed, List<JsonValue> offered) {
        try {
            return program.write(changed, offered, false).equals(written);
        } catch (JinjaException e) {
            // what it trips over without a piece it reads with it
            return false;
        }
    }

    private static BadRowException unwritten(String what) {
        return new BadRowException("the model's own chat template does not write " + what
                + ", so that another conversation would be learnt; it needs a template that knows tools");
    }
}
