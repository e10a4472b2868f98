package dev.graft.runtime.generate.chat;

import dev.graft.runtime.generate.TokenizerSource;
import dev.graft.runtime.generate.chat.ChatTemplate.Begin;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;

/** A conversation in a built-in template. */
final class TemplateWriter implements ChatWriter {
    private final ChatTemplate template;
    private final TokenizerSource tokenizer;
    private final SpecialTokens special;
    private final String system;
    private long[] said = new long[0];
    private boolean first = true;

    TemplateWriter(ChatTemplate template, TokenizerSource tokenizer, SpecialTokens special, Optional<String> system) {
        this.template = template;
        this.tokenizer = tokenizer;
        this.special = special;
        this.system = system.or(template::defaultSystem)
                .filter(message -> !message.isEmpty())
                .map(template::systemText)
                .orElse("");
    }

    @Override
    public void reset() {
        said = new long[0];
        first = true;
    }

    /** The first token behind an answer, if that is a special one. */
    @Override
    public Set<Long> stopTokens() {
        String end = template.answerEnd().strip();
        OptionalLong token = end.isEmpty() ? OptionalLong.empty() : tokenizer.idOf(end);
        return token.isPresent() ? Set.of(token.getAsLong()) : Set.of();
    }

    @Override
    public void answered(String message, long[] tokens, String answer) {
        said = concat(tokens, end());
        first = false;
    }

    @Override
    public long[] prompt(String message) {
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

    static long[] concat(long[] first, long[] second) {
        return LongStream.concat(LongStream.of(first), LongStream.of(second)).toArray();
    }
}
