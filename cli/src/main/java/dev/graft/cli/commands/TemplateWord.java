package dev.graft.cli.commands;

import dev.graft.cli.command.Invocation;
import dev.graft.runtime.generate.chat.ChatForm;
import dev.graft.runtime.generate.chat.ChatProgram;
import dev.graft.runtime.generate.chat.ChatTemplates;
import dev.graft.runtime.generate.chat.TokenizerFolder;
import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import java.util.Optional;

/** The chat template: the one that {@code --template} names, or the model's own. */
final class TemplateWord {
    private TemplateWord() {}

    static ChatForm read(Invocation invocation, TokenizerFolder folder) {
        Optional<String> name = invocation.option("template");
        if (name.isPresent()) {
            return ChatTemplates.named(name.get())
                    .orElseThrow(() -> invocation.usageError(
                            "unknown chat template '" + name.get() + "'. " + ChatTemplates.suggestion(name.get())));
        }
        String own = folder.chatTemplate()
                .orElseThrow(() -> invocation.usageError(
                        "there is no chat template beside the tokenizer; choose one with --template: " + names()));
        try {
            return ChatProgram.of(own, folder);
        } catch (JinjaException e) {
            throw invocation.usageError("the model's own chat template cannot be run: " + e.getMessage()
                    + "; choose one with --template: " + names());
        }
    }

    private static String names() {
        return String.join(", ", ChatTemplates.names());
    }
}
