package dev.graft.training.data;

import dev.graft.runtime.generate.chat.ChatProgram;
import dev.graft.runtime.generate.chat.ChatProgram.Message;
import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.training.data.Conversation.Exchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A conversation as the model's own program writes it, exchange by exchange: a prompt is what the program writes up to where an answer begins, an
 * answer what it writes from there to the answer's end.
 *
 * @param program the model's own chat template
 * @param onlyTheLast whether only the last answer is learnt
 */
record ProgrammedExchanges(ChatProgram program, boolean onlyTheLast) {
    /**
     * What is said in a conversation as it is written.
     *
     * @throws BadRowException if the program refuses the conversation, or writes earlier answers in another way once more follows
     */
    List<Exchange> of(Optional<String> system, List<Exchange> said) {
        List<Message> messages = new ArrayList<>();
        system.filter(text -> !text.isEmpty()).ifPresent(text -> messages.add(new Message("system", text)));
        List<Exchange> written = new ArrayList<>();
        String before = "";
        for (Exchange exchange : said) {
            messages.add(new Message("user", exchange.prompt()));
            String prompt = write(messages, true);
            messages.add(new Message("assistant", exchange.answer()));
            String whole = write(messages, false);
            if (!whole.startsWith(prompt)) {
                throw new BadRowException(
                        "the model's own chat template writes a prompt in another way once it is answered");
            }
            if (prompt.startsWith(before)) {
                written.add(new Exchange(prompt.substring(before.length()), whole.substring(prompt.length())));
            } else if (onlyTheLast) {
                written.clear();
                written.add(new Exchange(prompt, whole.substring(prompt.length())));
            } else {
                throw new BadRowException(
                        "the model's own chat template writes earlier answers in another way once more follows; "
                                + "with mask_history: true the last one is learnt");
            }
            before = whole;
        }
        return written;
    }

    private String write(List<Message> messages, boolean answerFollows) {
        try {
            return program.write(messages, answerFollows);
        } catch (JinjaException e) {
            throw new BadRowException("the model's own chat template "
                    + (e.isRaised() ? "refuses the conversation: " : "fails: ") + e.getMessage());
        }
    }
}
