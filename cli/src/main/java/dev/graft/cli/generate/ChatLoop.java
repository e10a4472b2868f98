package dev.graft.cli.generate;

import dev.graft.cli.command.Console;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.generate.Generation;
import dev.graft.runtime.generate.GenerationListener;
import dev.graft.runtime.generate.GenerationSettings;
import dev.graft.runtime.generate.TextGenerator;
import dev.graft.runtime.generate.chat.ChatSession;
import dev.graft.runtime.mix.AdapterMix;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A conversation line by line: messages are answered, lines with a slash change who answers. */
public final class ChatLoop implements AutoCloseable {
    private static final String HELP = """
            /adapter NAME   answer with this adapter from now on, or with a mix: NAME@0.7+OTHER@0.3; without a name, list them
            /base           answer without an adapter
            /reset          begin a new conversation
            /help           this
            /exit           end, as the end of input does
            //...           a message that begins with a slash""";

    private final Console console;
    private final LanguageModel model;
    private final AdapterChoices adapters;
    private final ChatSession chat;
    private final GenerationSettings settings;
    private AdapterMix active;
    private @Nullable TextGenerator generator;

    /** A conversation that begins with the first adapter, if there is one. */
    public ChatLoop(
            Console console,
            LanguageModel model,
            AdapterChoices adapters,
            ChatSession chat,
            GenerationSettings settings) {
        this.console = console;
        this.model = model;
        this.adapters = adapters;
        this.chat = chat;
        this.settings = settings;
        this.active = adapters.first();
    }

    /** Reads lines until they end or one says so. A mistake in a line is told and the conversation goes on. */
    public void run(BufferedReader input) {
        console.note("answered by " + answerer() + "; /help lists what a line can say");
        MessageLines lines = new MessageLines(input);
        boolean open = true;
        while (open) {
            console.prompt("> ");
            try {
                open = take(lines.next());
            } catch (GraftException e) {
                if (e.code() == ErrorCode.IO_FAILED) {
                    throw e;
                }
                console.note(e.describe());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Does what a line says; false where it ends the conversation. */
    private boolean take(@Nullable String line) {
        if (line == null || line.strip().equals("/exit")) {
            return false;
        }
        follow(line);
        return true;
    }

    private void follow(String line) {
        if (line.startsWith("//")) {
            answer(line.substring(1));
        } else if (line.startsWith("/")) {
            obey(line.strip().split("\\s+", 2));
        } else if (!line.isBlank()) {
            answer(line);
        }
    }

    private void obey(String[] words) {
        String name = words.length > 1 ? words[1] : "";
        switch (words[0]) {
            case "/adapter" -> switchTo(name);
            case "/base" -> become(AdapterMix.BASE);
            case "/reset" -> {
                chat.reset();
                console.note("a new conversation, answered by " + answerer());
            }
            case "/help" -> console.note(HELP);
            default -> console.note("no such word: " + words[0] + "; /help lists them");
        }
    }

    private void switchTo(String name) {
        if (name.isEmpty()) {
            console.note("answered by " + answerer() + "; loaded: " + adapters.names());
            return;
        }
        become(adapters.parse(name));
    }

    private void become(AdapterMix mix) {
        // keys and values in the cache are those of the adapter that read the text
        close();
        active = mix;
        console.note("answered by " + answerer());
    }

    private String answerer() {
        return active.parts().isEmpty() ? "the base" : "adapter " + active;
    }

    private void answer(String message) {
        if (generator == null) {
            generator = model.generator(active);
        }
        GenerationSettings turn = settings.withSampling(
                settings.sampling().withSeed(settings.sampling().seed() + chat.turns()));
        if (console.json()) {
            Generation generation = chat.answer(message, generator, turn, GenerationListener.NONE);
            console.resultAsJsonLine(Turn.of(active, message, generation));
            return;
        }
        Generation generation = chat.answer(message, generator, turn, PromptRuns.printer(console));
        console.resultPiece("\n");
        PromptRuns.note(console, generation);
    }

    /** A turn as a line of JSON. */
    record Turn(Optional<String> adapter, PromptRuns.Continuation answer) {
        static Turn of(AdapterMix mix, String message, Generation generation) {
            Optional<String> adapter =
                    Optional.of(mix.toString()).filter(name -> !mix.parts().isEmpty());
            return new Turn(adapter, PromptRuns.Continuation.of(new Prompt(message, mix), generation));
        }
    }

    @Override
    public void close() {
        if (generator != null) {
            generator.close();
            generator = null;
        }
    }
}
