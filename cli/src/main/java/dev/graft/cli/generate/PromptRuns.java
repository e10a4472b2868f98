package dev.graft.cli.generate;

import dev.graft.cli.command.Console;
import dev.graft.runtime.generate.BatchedPrompt;
import dev.graft.runtime.generate.BatchedTextGenerator;
import dev.graft.runtime.generate.Generation;
import dev.graft.runtime.generate.GenerationListener;
import dev.graft.runtime.generate.GenerationSettings;
import dev.graft.runtime.generate.TextGenerator;
import dev.graft.runtime.mix.AdapterMix;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Continues prompts and prints the texts: side by side in one batch where the model is in style batched, otherwise one after the other.
 *
 * @param console where they go
 * @param settings how they are continued
 */
public record PromptRuns(Console console, GenerationSettings settings) {
    /** Continues each prompt with its adapters. */
    public void run(LanguageModel model, List<Prompt> prompts) {
        List<Continuation> continuations = model.batchedGenerator()
                .map(generator -> together(model, generator, prompts))
                .orElseGet(() -> inTurn(model, prompts));
        if (console.json()) {
            console.resultAsJson(new Document(continuations));
        }
    }

    private List<Continuation> inTurn(LanguageModel model, List<Prompt> prompts) {
        List<Continuation> continuations = new ArrayList<>();
        int next = 0;
        while (next < prompts.size()) {
            AdapterMix mix = prompts.get(next).mix();
            // what the adapter has read of a text stays in the cache for the next one that begins alike
            try (TextGenerator generator = model.generator(mix)) {
                while (next < prompts.size() && prompts.get(next).mix().equals(mix)) {
                    continuations.add(continued(generator, prompts.get(next++)));
                }
            }
        }
        return continuations;
    }

    private Continuation continued(TextGenerator generator, Prompt prompt) {
        if (console.json()) {
            return Continuation.of(prompt, generator.generate(prompt.text(), settings, GenerationListener.NONE));
        }
        console.resultPiece(prompt.text());
        Generation generation = generator.generate(prompt.text(), settings, printer(console));
        console.resultPiece("\n");
        note(console, generation);
        return Continuation.of(prompt, generation);
    }

    /** One text is printed as it comes; of several, each is printed as a whole at the end, since they come at the same time. */
    private List<Continuation> together(LanguageModel model, BatchedTextGenerator generator, List<Prompt> prompts) {
        boolean one = prompts.size() == 1 && !console.json();
        List<BatchedPrompt> rows = prompts.stream()
                .map(prompt -> new BatchedPrompt(
                        prompt.text(),
                        Objects.requireNonNull(model.rows()).of(prompt.mix()),
                        settings,
                        one ? printer(console) : GenerationListener.NONE))
                .toList();
        if (one) {
            console.resultPiece(prompts.get(0).text());
        }
        long begin = System.nanoTime();
        List<Generation> generations = generate(generator, rows);
        double seconds = (System.nanoTime() - begin) / 1e9;
        List<Continuation> continuations = new ArrayList<>();
        for (int i = 0; i < generations.size(); i++) {
            continuations.add(Continuation.of(prompts.get(i), generations.get(i)));
        }
        if (!console.json()) {
            print(prompts, generations, seconds);
        }
        return continuations;
    }

    private void print(List<Prompt> prompts, List<Generation> generations, double seconds) {
        boolean one = prompts.size() == 1;
        int tokens = 0;
        for (int i = 0; i < generations.size(); i++) {
            Generation generation = generations.get(i);
            console.resultPiece(one ? "\n" : prompts.get(i).text() + generation.text() + "\n");
            note(console, generation);
            tokens += generation.newTokens().size();
        }
        if (!one) {
            console.note(String.format(
                    Locale.ROOT,
                    "%d texts together: %d tokens, %.0f tokens/s",
                    prompts.size(),
                    tokens,
                    tokens / seconds));
        }
    }

    private static List<Generation> generate(BatchedTextGenerator generator, List<BatchedPrompt> rows) {
        try {
            return generator.generate(rows);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while generating", e);
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
     * @param adapter what continued it, such as {@code pirate} or {@code pirate@0.7+poet@0.3}; empty for the base
     * @param timeToFirstToken in seconds
     */
    record Continuation(
            String prompt,
            Optional<String> adapter,
            String text,
            List<Long> tokens,
            int promptTokens,
            String reason,
            double tokensPerSecond,
            double timeToFirstToken) {
        static Continuation of(Prompt prompt, Generation generation) {
            return new Continuation(
                    prompt.text(),
                    Optional.of(prompt.mix().toString())
                            .filter(name -> !prompt.mix().parts().isEmpty()),
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
