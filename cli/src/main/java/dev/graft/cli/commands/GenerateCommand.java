package dev.graft.cli.commands;

import static dev.graft.cli.command.OptionDescription.flag;
import static dev.graft.cli.command.OptionDescription.valued;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.cli.command.Argument;
import dev.graft.cli.command.Command;
import dev.graft.cli.command.CommandDescription;
import dev.graft.cli.command.Invocation;
import dev.graft.cli.generate.AdapterChoices;
import dev.graft.cli.generate.ChatLoop;
import dev.graft.cli.generate.LanguageModel;
import dev.graft.cli.generate.Prompt;
import dev.graft.cli.generate.PromptRuns;
import dev.graft.runtime.generate.GenerationSettings;
import dev.graft.runtime.generate.chat.ChatSession;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.runtime.session.SessionSettings;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code graft generate}: continues prompts, or talks, with or without adapters. */
final class GenerateCommand implements Command {
    private static final int MOST_THREADS = 1024;

    @Override
    public CommandDescription description() {
        return CommandDescription.command("generate", "continue prompts with a language model, or talk with it")
                .details(
                        "Takes the likeliest token each time, unless a temperature, --top-k or --top-p asks for a draw, which the seed decides."
                                + " Adapters are switched in at run time: the model must have been made by graft attach --style input, or --style batched,"
                                + " which continues all prompts in one batch, each with the adapter that --prompt-adapter gives it."
                                + " The text is printed as it comes. With --chat, every line of input is a message; /help lists what else a line can say.")
                .arguments(Argument.required("MODEL", "a causal language model, with a cache or without"))
                .options(
                        valued(
                                        "prompt",
                                        "TEXT",
                                        "a text to continue; several are continued one after the other, or in one batch by a model in style batched")
                                .shortName("p")
                                .repeated(),
                        valued(
                                        "prompt-adapter",
                                        "NAME",
                                        "which of the adapters continues a prompt: the first one the first prompt and so on, as many as prompts; NAME@0.7+OTHER@0.3 for a mix, base for none (default: all of them added up)")
                                .repeated(),
                        flag("chat", "a conversation: messages from standard input, a line each"),
                        valued(
                                        "adapter",
                                        "[NAME=]" + AdapterWords.ADAPTER,
                                        "an adapter to switch in, in any format that Graft reads; several are added up, or chosen by name in a conversation")
                                .repeated(),
                        valued("tokenizer", "FILE", "tokenizer.json (default: the one beside the model)"))
                .options(GenerationWords.OPTIONS)
                .options(
                        valued("system", "TEXT", "chat: the system message"),
                        valued(
                                "template",
                                "NAME",
                                "chat: how messages are written (default: as the model's own template)"),
                        valued("threads", "N", "threads (default: one per processor)"))
                .options(AdapterWords.OPTIONS)
                .example("the base", "graft generate model.onnx --prompt 'Once upon a time'")
                .example(
                        "with an adapter at half strength, drawn at random",
                        "graft generate attached.onnx --prompt 'Once upon a time' --adapter style.onnx_adapter@0.5 --temperature 0.8 --top-p 0.95 --seed 7")
                .example(
                        "two adapters added up",
                        "graft generate attached.onnx --prompt 'Once upon a time' --adapter pirate-lora@0.7 --adapter poet-lora@0.3")
                .example(
                        "two prompts with an adapter each, in one batch",
                        "graft generate batched.onnx --adapter pirate=pirate-lora --adapter poet=poet-lora --prompt 'Ahoy' --prompt-adapter pirate --prompt 'O rose' --prompt-adapter poet")
                .example(
                        "a conversation with two adapters to switch between",
                        "graft generate attached.onnx --chat --adapter pirate=pirate-lora --adapter poet=poet-lora")
                .build();
    }

    @Override
    public int run(Invocation invocation) {
        boolean talks = invocation.has("chat");
        if (talks == invocation.has("prompt")) {
            throw invocation.usageError("expected --prompt or --chat" + (talks ? ", got both" : ""));
        }
        Path file = invocation.path("MODEL");
        Path tokenizer = invocation.pathOption("tokenizer").orElse(file.resolveSibling("tokenizer.json"));
        GenerationSettings words = GenerationWords.read(invocation);
        SessionSettings threads =
                SessionSettings.DEFAULT.withIntraOpThreads(invocation.intOption("threads", 0, 1, MOST_THREADS));
        Map<String, WeightedAdapter> adapters = NamedAdapterWords.read(invocation);
        AdapterChoices choices = new AdapterChoices(NamedAdapterWords.weights(adapters));
        List<Prompt> prompts = prompts(invocation, choices);
        try (LanguageModel model = LanguageModel.open(file, tokenizer, threads, adapters)) {
            GenerationSettings settings = model.complete(words);
            if (talks) {
                talk(invocation, model, choices, settings);
            } else {
                new PromptRuns(invocation.console(), settings).run(model, prompts);
            }
        }
        return 0;
    }

    /** Which adapters continue which prompt: the ones that are named for it, or all. */
    private static List<Prompt> prompts(Invocation invocation, AdapterChoices adapters) {
        List<String> texts = invocation.options("prompt");
        List<String> words = invocation.options("prompt-adapter");
        if (!words.isEmpty() && words.size() != texts.size()) {
            throw invocation.usageError("expected a --prompt-adapter for each --prompt, base where it is none: got "
                    + words.size() + " for " + texts.size());
        }
        List<Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            prompts.add(
                    new Prompt(texts.get(i), words.isEmpty() ? adapters.together() : adapters.choose(words.get(i))));
        }
        return prompts;
    }

    private static void talk(
            Invocation invocation, LanguageModel model, AdapterChoices adapters, GenerationSettings settings) {
        // says at once, and not at the first message, what a model cannot do
        model.generator(AdapterMix.BASE).close();
        ChatSession chat = new ChatSession(
                TemplateWord.read(invocation, model.folder()),
                model.tokenizer(),
                model.special(),
                invocation.option("system"));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (ChatLoop loop = new ChatLoop(invocation.console(), model, adapters, chat, settings)) {
            loop.run(lines);
        }
    }
}
