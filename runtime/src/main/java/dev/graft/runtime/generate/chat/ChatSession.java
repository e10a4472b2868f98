package dev.graft.runtime.generate.chat;

import dev.graft.runtime.generate.Generation;
import dev.graft.runtime.generate.GenerationListener;
import dev.graft.runtime.generate.GenerationSettings;
import dev.graft.runtime.generate.TextGenerator;
import dev.graft.runtime.generate.TokenizerSource;
import dev.graft.runtime.generate.chat.ChatTemplate.Begin;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * A conversation: what was said, as tokens, and what comes next.
 *
 * <p>An answer's own tokens are kept as they were generated, so that the next prompt begins with what the generator's cache holds. Which generator answers may change from turn
 * to turn, and with it the adapter: a new one reads the conversation from its beginning. For one thread at a time.
 */
public final class ChatSession {
    private final ChatTemplate template;
    private final TokenizerSource tokenizer;
    private final SpecialTokens special;
    private final String system;
    private long[] said = new long[0];
    private int turns;

    /**
     * A conversation that has not begun.
     *
     * @param system the system message; the template's own if empty, and if that has none either there is none
     */
    public ChatSession(
            ChatTemplate template, TokenizerSource tokenizer, SpecialTokens special, Optional<String> system) {
        this.template = template;
        this.tokenizer = tokenizer;
        this.special = special;
        this.system = system.or(template::defaultSystem)
                .filter(message -> !message.isEmpty())
                .map(template::systemText)
                .orElse("");
    }

    /** How many messages were answered. */
    public int turns() {
        return turns;
    }

    /** Forgets what was said. */
    public void reset() {
        said = new long[0];
        turns = 0;
    }

    /** The tokens that end an answer besides those that end a text: the first behind it, if that is a special one. */
    public Set<Long> stopTokens() {
        Set<Long> stops = new HashSet<>();
        special.eos().ifPresent(token -> stops.add((long) token));
        String end = template.answerEnd().strip();
        OptionalLong token = end.isEmpty() ? OptionalLong.empty() : tokenizer.idOf(end);
        token.ifPresent(stops::add);
        return stops;
    }

    /**
     * Answers a message.
     *
     * @param settings how; {@link #stopTokens} are added
     * @return the prompt, which is the whole conversation, and the answer
     * @throws dev.graft.error.GraftException {@code INPUTS_INVALID} if the conversation fills the context; it is then as it was before the message
     */
    public Generation answer(
            String message, TextGenerator generator, GenerationSettings settings, GenerationListener listener) {
        Set<Long> stops = new HashSet<>(settings.stopTokens());
        stops.addAll(stopTokens());
        Generation answer = generator.generate(prompt(message), settings.withStopTokens(stops), listener);
        said = concat(answer.tokens().stream().mapToLong(Long::longValue).toArray(), end());
        turns++;
        return answer;
    }

    /** The whole conversation up to where the answer to a message begins. */
    long[] prompt(String message) {
        boolean first = turns == 0;
        boolean begins = template.bos() == Begin.EACH || template.bos() == Begin.FIRST && first;
        long[] prompt = begins && special.beginsTexts() ? concat(said, asLongs(special.bos())) : said;
        if (first && !template.systemInUser()) {
            prompt = concat(prompt, tokens(system));
        }
        String text = first && template.systemInUser() ? system + message : message;
        return concat(prompt, tokens(template.userText(text)));
    }

    /** What stands between an answer and the next message. */
    private long[] end() {
        long[] end = tokens(template.answerEnd());
        if (template.eos()) {
            end = concat(end, asLongs(special.eos()));
        }
        return concat(end, tokens(template.after()));
    }

    private long[] tokens(String text) {
        return text.isEmpty() ? new long[0] : tokenizer.encodeBare(text);
    }

    private static long[] asLongs(OptionalInt token) {
        return token.isPresent() ? new long[] {token.getAsInt()} : new long[0];
    }

    private static long[] concat(long[] first, long[] second) {
        return LongStream.concat(LongStream.of(first), LongStream.of(second)).toArray();
    }
}
