package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.runtime.generate.chat.ChatMessage;
import dev.graft.runtime.generate.chat.ChatProgram;
import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.training.data.Conversation.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A conversation as the model's own program writes it, turn by turn: a prompt is what the program writes up to where an answer begins, an
 * answer what it writes from there to the answer's end. A call of a tool is an answer, what comes of it belongs to the next prompt.
 *
 * @param program the model's own chat template
 * @param onlyTheLast whether only the last answer is learnt
 */
record ProgrammedExchanges(ChatProgram program, boolean onlyTheLast) {
    /**
     * A prompt and its answer, written out.
     *
     * @param prompt what stands before the answer, and behind the answer before
     * @param answer what is learnt
     */
    record Exchange(String prompt, String answer) {}

    /**
     * What is said in a conversation as it is written.
     *
     * @param system what it begins with
     * @throws BadRowException if the program refuses the conversation, does not write all of it, or writes earlier answers in another way once more follows
     */
    List<Exchange> of(Optional<ChatMessage> system, Conversation conversation) {
        List<ChatMessage> messages = new ArrayList<>();
        system.filter(message -> !message.content().isEmpty()).ifPresent(messages::add);
        List<Exchange> written = new ArrayList<>();
        String before = "";
        for (Turn turn : conversation.turns()) {
            messages.addAll(turn.asked());
            String prompt = write(messages, conversation.tools(), true);
            messages.add(turn.answer());
            String whole = write(messages, conversation.tools(), false);
            add(written, before, prompt, whole);
            before = whole;
        }
        if (conversation.usesTools()) {
            new ToolCheck(program, conversation.tools(), messages, before).require();
        }
        return written;
    }

    private void add(List<Exchange> written, String before, String prompt, String whole) {
        if (!whole.startsWith(prompt)) {
            throw new BadRowException(
                    "the model's own chat template writes a prompt in another way once it is answered");
        }
        String answer = whole.substring(prompt.length());
        if (prompt.startsWith(before)) {
            written.add(new Exchange(prompt.substring(before.length()), answer));
        } else if (onlyTheLast) {
            written.clear();
            written.add(new Exchange(prompt, answer));
        } else {
            throw new BadRowException(
                    "the model's own chat template writes earlier answers in another way once more follows; "
                            + "with mask_history: true the last one is learnt");
        }
    }

    private String write(List<ChatMessage> messages, List<JsonValue> tools, boolean answerFollows) {
        try {
            return program.write(messages, tools, answerFollows);
        } catch (JinjaException e) {
            throw new BadRowException("the model's own chat template "
                    + (e.isRaised() ? "refuses the conversation: " : "fails: ") + e.getMessage());
        }
    }
}
