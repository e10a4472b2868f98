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
import dev.graft.cli.generate.PromptRuns;
import dev.graft.runtime.generate.GenerationSettings;
import dev.graft.runtime.generate.TextGenerator;
import dev.graft.runtime.generate.chat.ChatSession;
import dev.graft.runtime.session.SessionSettings;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** {@code graft generate}: continues prompts, or talks, with or without adapters. */
final class GenerateCommand implements Command {
    private static final int MOST_THREADS = 1024;

    @Override
    public CommandDescription description() {
        return CommandDescription.command("generate", "continue prompts with a language model, or talk with it")
                .details(
                        "Takes the likeliest token each time, unless a temperature, --top-k or --top-p asks for a draw, which the seed decides."
                                + " Adapters are switched in at run time: the model must have been made by graft attach --style input."
                                + " The text is printed as it comes. With --chat, every line of input is a message; /help lists what else a line can say.")
                .arguments(Argument.required("MODEL", "a causal language model, with a cache or without"))
                .options(
                        valued("prompt", "TEXT", "a text to continue; several are continued one after the other")
                                .shortName("p")
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
        try (LanguageModel model = LanguageModel.open(file, tokenizer, threads, adapters)) {
            GenerationSettings settings = model.complete(words);
            if (talks) {
                talk(invocation, model, choices, settings);
            } else {
                continuePrompts(invocation, model, choices, settings);
            }
        }
        return 0;
    }

    private static void continuePrompts(
            Invocation invocation, LanguageModel model, AdapterChoices adapters, GenerationSettings settings) {
        try (TextGenerator generator = model.generator(adapters.together())) {
            new PromptRuns(invocation.console(), settings).run(generator, invocation.options("prompt"));
        }
    }

    private static void talk(
            Invocation invocation, LanguageModel model, AdapterChoices adapters, GenerationSettings settings) {
        ChatSession chat = new ChatSession(
                TemplateWord.read(invocation, model.folder().chatTemplate()),
                model.tokenizer(),
                model.special(),
                invocation.option("system"));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (ChatLoop loop = new ChatLoop(invocation.console(), model, adapters, chat, settings)) {
            loop.run(lines);
        }
    }
}
