package dev.graft.cli.commands;

import static dev.graft.cli.command.OptionDescription.valued;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.cli.command.Argument;
import dev.graft.cli.command.Command;
import dev.graft.cli.command.CommandDescription;
import dev.graft.cli.command.Invocation;
import dev.graft.cli.io.SwitchedAdapter;
import dev.graft.cli.tokenizer.HuggingFaceTokenizerSource;
import dev.graft.cli.tokenizer.ModelText;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import java.nio.file.Path;
import java.util.List;

/** {@code graft generate}: continues a prompt, with or without an adapter. */
final class GenerateCommand implements Command {
    private static final int DEFAULT_TOKENS = 64;
    private static final int MOST_TOKENS = 100_000;

    @Override
    public CommandDescription description() {
        return CommandDescription.command(
                        "generate", "continue a prompt with a language model, to see what an adapter does")
                .details(
                        "Always takes the likeliest token, so the same model gives the same text. An adapter is switched in"
                                + " at run time: the model must have been made by graft attach --style input.")
                .arguments(Argument.required("MODEL", "a causal language model"))
                .options(
                        valued("prompt", "TEXT", "the text to continue")
                                .shortName("p")
                                .mandatory(),
                        valued(
                                "adapter",
                                AdapterWords.ADAPTER,
                                "an adapter to switch in, in any format that Graft reads"),
                        valued("tokens", "N", "the most tokens to add (default: " + DEFAULT_TOKENS + ")"),
                        valued("tokenizer", "FILE", "tokenizer.json (default: the one beside the model)"))
                .options(AdapterWords.OPTIONS)
                .example("the base", "graft generate model.onnx --prompt 'Once upon a time'")
                .example(
                        "with an adapter at half strength",
                        "graft generate attached.onnx --prompt 'Once upon a time' --adapter style.onnx_adapter@0.5")
                .build();
    }

    @Override
    public int run(Invocation invocation) {
        Path model = invocation.path("MODEL");
        String prompt = invocation.option("prompt").orElseThrow();
        Path tokenizerFile = invocation.pathOption("tokenizer").orElse(model.resolveSibling("tokenizer.json"));
        int tokens = invocation.intOption("tokens", DEFAULT_TOKENS, 1, MOST_TOKENS);
        List<WeightedAdapter> adapters = AdapterWords.read(invocation, invocation.options("adapter"));
        try (ModelSession session = ModelSession.open(model, SessionSettings.DEFAULT);
                HuggingFaceTokenizerSource tokenizer = HuggingFaceTokenizerSource.open(tokenizerFile);
                SwitchedAdapter switched = SwitchedAdapter.load(session, adapters)) {
            String text = ModelText.continuation(session, switched.loaded(), tokenizer, prompt, tokens);
            if (invocation.console().json()) {
                invocation.console().resultAsJson(new Document(prompt, text));
            } else {
                invocation.console().result(prompt + text);
            }
        }
        return 0;
    }

    /** The JSON document. */
    record Document(String prompt, String continuation) {}
}
