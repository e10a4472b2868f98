package dev.graft.cli.generate;

import dev.graft.cli.command.Console;
import dev.graft.runtime.generate.Generation;
import dev.graft.runtime.generate.GenerationListener;
import dev.graft.runtime.generate.GenerationSettings;
import dev.graft.runtime.generate.TextGenerator;
import java.util.List;
import java.util.Locale;

/**
 * Continues prompts, one after the other, and prints the texts as they come.
 *
 * @param console where they go
 * @param settings how they are continued
 */
public record PromptRuns(Console console, GenerationSettings settings) {
    /** Continues each prompt. */
    public void run(TextGenerator generator, List<String> prompts) {
        if (console.json()) {
            console.resultAsJson(new Document(prompts.stream()
                    .map(prompt ->
                            Continuation.of(prompt, generator.generate(prompt, settings, GenerationListener.NONE)))
                    .toList()));
            return;
        }
        for (String prompt : prompts) {
            console.resultPiece(prompt);
            Generation generation = generator.generate(prompt, settings, printer(console));
            console.resultPiece("\n");
            note(console, generation);
        }
    }

    /** Prints a text as it comes. */
    static GenerationListener printer(Console console) {
        return new GenerationListener() {
            @Override
            public void onText(String piece) {
                console.resultPiece(piece);
            }
        };
    }

    /** Says on the side how fast it went. */
    static void note(Console console, Generation generation) {
        console.note(String.format(
                Locale.ROOT,
                "%d tokens, %.0f tokens/s, first after %.0f ms, ended by: %s",
                generation.newTokens().size(),
                generation.tokensPerSecond(),
                generation.timeToFirstToken().toNanos() / 1e6,
                Continuation.word(generation.reason())));
    }

    /** The JSON document. */
    record Document(List<Continuation> generations) {}

    /**
     * One text in JSON.
     *
     * @param timeToFirstToken in seconds
     */
    record Continuation(
            String prompt,
            String text,
            List<Long> tokens,
            int promptTokens,
            String reason,
            double tokensPerSecond,
            double timeToFirstToken) {
        static Continuation of(String prompt, Generation generation) {
            return new Continuation(
                    prompt,
                    generation.text(),
                    generation.newTokens(),
                    generation.promptTokens(),
                    word(generation.reason()),
                    generation.tokensPerSecond(),
                    generation.timeToFirstToken().toNanos() / 1e9);
        }

        static String word(Generation.StopReason reason) {
            return reason.name().toLowerCase(Locale.ROOT);
        }
    }
}
