package dev.graft.training.data;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.generate.chat.ChatForm;
import dev.graft.runtime.generate.chat.ChatProgram;
import dev.graft.runtime.generate.chat.ChatTemplate;
import dev.graft.runtime.generate.chat.ChatTemplates;
import dev.graft.runtime.generate.chat.TokenizerFolder;
import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.training.config.TrainingConfig;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The chat template: the one that the configuration names, or the model's own; looked for when the first conversation needs it. */
final class TemplateChoice {
    private final TrainingConfig config;
    private final TokenizerFolder folder;
    private @Nullable ChatForm chosen;
    private @Nullable ChatForm withTools;

    /** @param folder has the model's own */
    TemplateChoice(TrainingConfig config, TokenizerFolder folder) {
        this.config = config;
        this.folder = folder;
    }

    /** The name, if a conversation needed one. */
    Optional<String> used() {
        return Optional.ofNullable(chosen)
                .or(() -> Optional.ofNullable(withTools))
                .map(ChatForm::name);
    }

    /**
     * The template.
     *
     * @throws GraftException {@code TRAINING_CONFIG_INVALID} for an unknown name, {@code TRAINING_DATA_INVALID} if there is none, or the model's own cannot be run
     */
    ChatForm required() {
        if (chosen == null) {
            chosen =
                    config.data().template().<ChatForm>map(this::named).orElseGet(() -> ofModel(folder.chatTemplate()));
        }
        return chosen;
    }

    /**
     * The template for conversations that offer tools: some models have another one for these.
     *
     * @throws GraftException as {@link #required}
     */
    ChatForm requiredForTools() {
        if (withTools == null) {
            withTools = config.data().template().isPresent()
                            || folder.toolTemplate().isEmpty()
                    ? required()
                    : ofModel(folder.toolTemplate());
        }
        return withTools;
    }

    private ChatTemplate named(String name) {
        return ChatTemplates.named(name)
                .orElseThrow(() -> config.source()
                        .invalid("template", "unknown chat template '" + name + "'", ChatTemplates.suggestion(name)));
    }

    private ChatForm ofModel(Optional<String> template) {
        String own = template.orElseThrow(() ->
                unknown("the data are conversations, and the model's folder has no chat template to write them with"));
        try {
            return ChatProgram.of(own, folder);
        } catch (JinjaException e) {
            throw unknown("the model's own chat template cannot be run: " + e.getMessage());
        }
    }

    private GraftException unknown(String message) {
        return new GraftException(
                ErrorCode.TRAINING_DATA_INVALID,
                message,
                Location.ofFile(config.model().tokenizer().resolveSibling("tokenizer_config.json")),
                "Set template to one of " + String.join(", ", ChatTemplates.names()) + ".");
    }
}
