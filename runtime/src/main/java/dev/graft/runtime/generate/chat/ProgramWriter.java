package dev.graft.runtime.generate.chat;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.generate.TokenizerSource;
import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A conversation as the model's own program writes it: each time the whole of it, of which only what is new becomes tokens. Where the program writes what was said before
 * in another way once more follows (answers without their thoughts), the conversation is encoded anew.
 */
final class ProgramWriter implements ChatWriter {
    private static final Pattern SPECIAL = Pattern.compile("\\s*(<[^<>\\s]{1,60}>|\\[[^\\[\\]\\s]{1,60}])");
    private static final String PROBE = "ANSWER";

    private final ChatProgram program;
    private final TokenizerSource tokenizer;
    private final List<ChatMessage> start;
    private final List<ChatMessage> messages = new ArrayList<>();
    /** What the tokens stand for. */
    private String written = "";

    private long[] said = new long[0];

    ProgramWriter(ChatProgram program, TokenizerSource tokenizer, Optional<String> system) {
        this.program = program;
        this.tokenizer = tokenizer;
        this.start = system.filter(text -> !text.isEmpty())
                .map(text -> List.of(ChatMessage.of("system", text)))
                .orElse(List.of());
        reset();
    }

    @Override
    public void reset() {
        messages.clear();
        messages.addAll(start);
        written = "";
        said = new long[0];
    }

    @Override
    public long[] prompt(String message) {
        return tokens(textOfPrompt(message));
    }

    private String textOfPrompt(String message) {
        return write(with(messages, ChatMessage.of("user", message)), true);
    }

    private long[] tokens(String text) {
        return text.startsWith(written)
                ? TemplateWriter.concat(said, encode(text.substring(written.length())))
                : encode(text);
    }

    @Override
    public void answered(String message, long[] tokens, String answer) {
        String begin = textOfPrompt(message) + answer;
        messages.add(ChatMessage.of("user", message));
        messages.add(ChatMessage.of("assistant", answer));
        Optional<String> whole = attempt(messages).filter(text -> text.startsWith(begin));
        said = whole.map(text -> TemplateWriter.concat(tokens, encode(text.substring(begin.length()))))
                .orElse(new long[0]);
        written = whole.orElse("");
    }

    private Optional<String> attempt(List<ChatMessage> conversation) {
        try {
            return Optional.of(program.write(conversation, false));
        } catch (JinjaException e) {
            return Optional.empty();
        }
    }

    /** The special token that the program writes behind an answer, if it is one. */
    @Override
    public Set<Long> stopTokens() {
        return attempt(with(with(start, ChatMessage.of("user", "QUESTION")), ChatMessage.of("assistant", PROBE)))
                .filter(whole -> whole.contains(PROBE))
                .map(whole -> whole.substring(whole.lastIndexOf(PROBE) + PROBE.length()))
                .map(SPECIAL::matcher)
                .filter(Matcher::lookingAt)
                .map(end -> tokenizer.idOf(end.group(1)))
                .filter(OptionalLong::isPresent)
                .map(token -> Set.of(token.getAsLong()))
                .orElse(Set.of());
    }

    private String write(List<ChatMessage> conversation, boolean answerFollows) {
        try {
            return program.write(conversation, answerFollows);
        } catch (JinjaException e) {
            throw new GraftException(
                    ErrorCode.INPUTS_INVALID,
                    "the model's own chat template " + (e.isRaised() ? "refuses the conversation: " : "fails: ")
                            + e.getMessage(),
                    Location.NONE,
                    "Choose a built-in template by name.",
                    e);
        }
    }

    private long[] encode(String text) {
        return text.isEmpty() ? new long[0] : tokenizer.encodeBare(text);
    }

    private static List<ChatMessage> with(List<ChatMessage> messages, ChatMessage next) {
        List<ChatMessage> longer = new ArrayList<>(messages);
        longer.add(next);
        return longer;
    }
}
