package dev.graft.cli.commands;

import dev.graft.cli.command.Invocation;
import dev.graft.runtime.generate.chat.ChatTemplate;
import dev.graft.runtime.generate.chat.ChatTemplates;
import dev.graft.runtime.generate.chat.TemplateRecognition;
import dev.graft.runtime.generate.chat.TemplateRecognition.UnknownTemplateException;
import java.util.Optional;

/** The chat template: the one that {@code --template} names, or the model's own where it is one of those that are built in. */
final class TemplateWord {
    private TemplateWord() {}

    static ChatTemplate read(Invocation invocation, Optional<String> ofModel) {
        Optional<String> name = invocation.option("template");
        if (name.isPresent()) {
            return ChatTemplates.named(name.get())
                    .orElseThrow(() -> invocation.usageError(
                            "unknown chat template '" + name.get() + "'. " + ChatTemplates.suggestion(name.get())));
        }
        try {
            return TemplateRecognition.recognise(ofModel.orElseThrow(() -> invocation.usageError(
                    "there is no chat template beside the tokenizer; choose one with --template: " + names())));
        } catch (UnknownTemplateException e) {
            throw invocation.usageError("the model's own chat template cannot be told: " + e.reason()
                    + "; choose one with --template: " + names());
        }
    }

    private static String names() {
        return String.join(", ", ChatTemplates.names());
    }
}
