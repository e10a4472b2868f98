package dev.graft.runtime.generate.chat;

import dev.graft.runtime.generate.Generation;
import dev.graft.runtime.generate.GenerationListener;
import dev.graft.runtime.generate.GenerationSettings;
import dev.graft.runtime.generate.TextGenerator;
import dev.graft.runtime.generate.TokenizerSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A conversation: what was said, as tokens, and what comes next.
 *
 * <p>An answer's own tokens are kept as they were generated, so that the next prompt begins with what the generator's cache holds. Which generator answers may change from turn
 * to turn, and with it the adapter: a new one reads the conversation from its beginning. For one thread at a time.
 */
public final class ChatSession {
    private final ChatWriter writer;
    private final SpecialTokens special;
    private int turns;

    /**
     * A conversation that has not begun.
     *
     * @param system the system message; the template's own if empty, and if that has none either there is none
     */
    public ChatSession(ChatForm form, TokenizerSource tokenizer, SpecialTokens special, Optional<String> system) {
        this.writer = form instanceof ChatProgram program
                ? new ProgramWriter(program, tokenizer, system)
                : new TemplateWriter((ChatTemplate) form, tokenizer, special, system);
        this.special = special;
    }

    /** How many messages were answered. */
    public int turns() {
        return turns;
    }

    /** Forgets what was said. */
    public void reset() {
        writer.reset();
        turns = 0;
    }

    /** The tokens that end an answer: the one that ends a text, and the first behind an answer, if that is a special one. */
    public Set<Long> stopTokens() {
        Set<Long> stops = new HashSet<>(writer.stopTokens());
        special.eos().ifPresent(token -> stops.add((long) token));
        return stops;
    }

    /**
     * Answers a message.
     *
     * @param settings how; {@link #stopTokens} are added
     * @return the prompt, which is the whole conversation, and the answer
     * @throws dev.graft.error.GraftException {@code INPUTS_INVALID} if the conversation fills the context or the template refuses it; it is then as it
     *     was before the message
     */
    public Generation answer(
            String message, TextGenerator generator, GenerationSettings settings, GenerationListener listener) {
        Set<Long> stops = new HashSet<>(settings.stopTokens());
        stops.addAll(stopTokens());
        Generation answer = generator.generate(prompt(message), settings.withStopTokens(stops), listener);
        writer.answered(
                message, answer.tokens().stream().mapToLong(Long::longValue).toArray(), answer.text());
        turns++;
        return answer;
    }

    /** The whole conversation up to where the answer to a message begins. */
    long[] prompt(String message) {
        return writer.prompt(message);
    }
}
