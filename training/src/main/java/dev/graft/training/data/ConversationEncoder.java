package dev.graft.training.data;

import dev.graft.runtime.generate.TokenizerSource;
import dev.graft.runtime.generate.chat.ChatForm;
import dev.graft.runtime.generate.chat.ChatMessage;
import dev.graft.runtime.generate.chat.ChatProgram;
import dev.graft.runtime.generate.chat.ChatTemplate;
import dev.graft.runtime.generate.chat.ChatTemplate.Begin;
import dev.graft.runtime.generate.chat.SpecialTokens;
import dev.graft.training.config.DataOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * From conversations to tokens.
 *
 * <p>Prompt and answer are encoded each by itself, as LLaMA-Factory and TRL do, so that the border between them is a border between tokens.
 * What is longer than the cutoff is cut as {@code infer_seqlen} of LLaMA-Factory does, exchange by exchange: a prompt or answer that
 * takes less than half of what is left stays whole and the other one is cut; where both are longer, each keeps its share.
 */
final class ConversationEncoder {
    private final TokenizerSource tokenizer;
    private final SpecialTokens special;
    private final TemplateChoice template;
    private final DataOptions options;

    ConversationEncoder(
            TokenizerSource tokenizer, SpecialTokens special, TemplateChoice template, DataOptions options) {
        this.tokenizer = tokenizer;
        this.special = special;
        this.template = template;
        this.options = options;
    }

    /** Tokens of a prompt and of its answer. */
    private record Pair(int[] prompt, int[] answer) {}

    /**
     * What a conversation became.
     *
     * @param row its tokens
     * @param cut whether some did not fit
     */
    record Encoded(TokenRow row, boolean cut) {}

    /**
     * The tokens of a conversation.
     *
     * @throws BadRowException if nothing of it would be learnt
     */
    Encoded encode(Conversation conversation) {
        List<Pair> pairs = conversation.raw() ? raw(conversation.turns().get(0)) : written(conversation);
        int whole = pairs.stream()
                .mapToInt(pair -> pair.prompt().length + pair.answer().length)
                .sum();
        TokenRow row = join(pairs);
        if (row.counted() == 0) {
            throw new BadRowException(
                    whole > row.length()
                            ? "nothing of the answer is left after cutting " + whole + " tokens to cutoff_len "
                                    + options.cutoff()
                            : "there is nothing to learn: the answer is empty");
        }
        return new Encoded(row, row.length() < whole);
    }

    private TokenRow join(List<Pair> pairs) {
        // with mask_history the last exchange is the one that counts, so it gets room first
        List<Pair> byImportance = new ArrayList<>(pairs);
        if (options.maskHistory()) {
            Collections.reverse(byImportance);
        }
        List<Pair> fitting = new ArrayList<>();
        int left = options.cutoff();
        for (Pair pair : byImportance) {
            if (left <= 0) {
                break;
            }
            Pair fitted = fit(pair, left);
            left -= fitted.prompt().length + fitted.answer().length;
            fitting.add(fitted);
        }
        if (options.maskHistory()) {
            Collections.reverse(fitting);
        }
        TokenRowBuilder builder = new TokenRowBuilder();
        for (int i = 0; i < fitting.size(); i++) {
            Pair pair = fitting.get(i);
            boolean learnt = !options.maskHistory() || i == fitting.size() - 1;
            builder.append(pair.prompt(), pair.prompt().length, options.trainOnPrompt());
            builder.append(pair.answer(), pair.answer().length, learnt);
        }
        return builder.build();
    }

    private static Pair fit(Pair pair, int room) {
        int prompt = pair.prompt().length;
        int answer = pair.answer().length;
        int most;
        if (answer * 2L < room) {
            most = room;
        } else if (prompt * 2L < room) {
            most = room - prompt;
        } else {
            most = (int) (room * ((double) answer / ((long) prompt + answer)));
        }
        int keptAnswer = Math.min(most, answer);
        int keptPrompt = Math.min(Math.max(room - keptAnswer, 0), prompt);
        return new Pair(Arrays.copyOf(pair.prompt(), keptPrompt), Arrays.copyOf(pair.answer(), keptAnswer));
    }

    private List<Pair> raw(Conversation.Turn turn) {
        int[] prompt = turn.prompt().isEmpty() ? new int[0] : tokens(turn.prompt());
        String said = turn.answer().content();
        int[] answer = said.isEmpty() ? new int[0] : tokens(said);
        return List.of(new Pair(concat(bos(), prompt), concat(answer, eos())));
    }

    private List<Pair> written(Conversation conversation) {
        ChatForm form = conversation.tools().isEmpty() ? template.required() : template.requiredForTools();
        return form instanceof ChatProgram program
                ? programmed(conversation, program)
                : templated(conversation, (ChatTemplate) form);
    }

    private List<Pair> programmed(Conversation conversation, ChatProgram program) {
        Optional<ChatMessage> system =
                conversation.system().or(() -> options.system().map(text -> ChatMessage.of("system", text)));
        return new ProgrammedExchanges(program, options.maskHistory())
                .of(system, conversation).stream()
                        .map(exchange -> new Pair(tokens(exchange.prompt()), tokens(exchange.answer())))
                        .toList();
    }

    private List<Pair> templated(Conversation conversation, ChatTemplate form) {
        if (conversation.usesTools()) {
            throw new BadRowException("the built-in template " + form.name()
                    + " knows no tools, and the row has some; leave the key template out if the model's own does");
        }
        String system = conversation
                .system()
                .map(ChatMessage::content)
                .or(options::system)
                .or(form::defaultSystem)
                .map(form::systemText)
                .orElse("");
        List<Pair> pairs = new ArrayList<>();
        for (Conversation.Turn turn : conversation.turns()) {
            boolean first = pairs.isEmpty();
            boolean begins = form.bos() == Begin.EACH || form.bos() == Begin.FIRST && first;
            int[] prompt = begins ? bos() : new int[0];
            if (first && !system.isEmpty() && !form.systemInUser()) {
                prompt = concat(prompt, tokens(system));
            }
            String said = first && form.systemInUser() ? system + turn.prompt() : turn.prompt();
            prompt = concat(prompt, tokens(form.userText(said)));
            pairs.add(new Pair(prompt, answer(form, turn.answer().content())));
        }
        return pairs;
    }

    private int[] answer(ChatTemplate form, String text) {
        int[] answer = tokens(form.answerText(text));
        if (form.eos()) {
            answer = concat(answer, eos());
        }
        return form.after().isEmpty() ? answer : concat(answer, tokens(form.after()));
    }

    private int[] bos() {
        boolean wanted = options.addBos().orElse(special.beginsTexts());
        return wanted ? toArray(special.bos()) : new int[0];
    }

    private int[] eos() {
        return options.addEos() ? toArray(special.eos()) : new int[0];
    }

    private int[] tokens(String text) {
        return Arrays.stream(tokenizer.encodeBare(text))
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    private static int[] toArray(OptionalInt token) {
        return token.stream().toArray();
    }

    private static int[] concat(int[] first, int[] second) {
        return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }
}
