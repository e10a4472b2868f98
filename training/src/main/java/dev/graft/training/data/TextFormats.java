package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.runtime.generate.chat.ChatMessage;
import dev.graft.training.config.ColumnNames;
import dev.graft.training.config.DataFormat;
import dev.graft.training.config.DataOptions;
import dev.graft.training.data.Conversation.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** From a row's columns to the conversation that they say, for every format of text. */
final class TextFormats {
    private final ColumnNames columns;
    private final Optional<DataFormat> given;
    private final boolean templated;

    TextFormats(DataOptions options) {
        this.columns = options.columns();
        this.given = options.format();
        this.templated = options.template().isPresent();
    }

    /** The format that the columns of a row tell, or the one that was given. */
    DataFormat format(DataRow row) {
        if (given.isPresent()) {
            return given.get();
        }
        if (row.has(columns.messages().orElse("messages"))) {
            return DataFormat.MESSAGES;
        }
        if (row.has("conversations")) {
            return DataFormat.SHAREGPT;
        }
        if (row.has(prompt()) && row.has(completion())) {
            return DataFormat.PROMPT_COMPLETION;
        }
        if (row.has("instruction") && row.has("output")) {
            return DataFormat.ALPACA;
        }
        if (row.has(columns.text().orElse("text"))) {
            return DataFormat.TEXT;
        }
        throw new BadRowException("expected columns " + prompt() + " and " + completion()
                + ", messages, conversations, instruction and output, or text; got "
                + row.columns().keySet());
    }

    /**
     * The conversation of a row.
     *
     * @throws BadRowException if a column is missing or of the wrong kind
     */
    Conversation read(DataRow row, DataFormat format) {
        return switch (format) {
            case PROMPT_COMPLETION -> promptAndCompletion(row);
            case MESSAGES -> ChatMessages.OPENAI.read(row, columns.messages().orElse("messages"));
            case SHAREGPT -> ChatMessages.SHAREGPT.read(row, columns.messages().orElse("conversations"));
            case ALPACA -> alpaca(row);
            case TEXT -> Conversation.ofRaw("", row.text(columns.text().orElse("text")));
            case LABELLED_TEXT ->
                throw new BadRowException("dataset_format: labelled_text needs loss: classification or regression");
        };
    }

    private Conversation promptAndCompletion(DataRow row) {
        // TRL has both as lists of messages too
        if (row.value(prompt()) instanceof JsonValue.JsonArray) {
            return ChatMessages.OPENAI.read(row, prompt(), completion());
        }
        String prompt = row.text(prompt());
        String completion = row.text(completion());
        return templated
                ? new Conversation(
                        Optional.empty(),
                        OfferedTools.of(row, ChatMessages.OPENAI.form()),
                        List.of(Turn.of(prompt, completion)),
                        false)
                : Conversation.ofRaw(prompt, completion);
    }

    /** As LLaMA-Factory: the input stands below the instruction, the history before both. */
    private static Conversation alpaca(DataRow row) {
        List<Turn> turns = new ArrayList<>();
        if (row.has("history")) {
            history(row, turns);
        }
        String instruction = row.text("instruction");
        String input = row.has("input") ? row.text("input") : "";
        String prompt = input.isEmpty() ? instruction : instruction + "\n" + input;
        turns.add(Turn.of(prompt, row.text("output")));
        Optional<ChatMessage> system = ChatMessages.systemColumn(row)
                .filter(message -> !message.content().isEmpty());
        return new Conversation(system, OfferedTools.of(row, ChatMessages.SHAREGPT.form()), turns, false);
    }

    private static void history(DataRow row, List<Turn> turns) {
        if (row.value("history") instanceof JsonValue.JsonArray history) {
            for (JsonValue pair : history.items()) {
                if (pair instanceof JsonValue.JsonArray texts
                        && texts.items().size() == 2
                        && texts.items().get(0) instanceof JsonValue.JsonText prompt
                        && texts.items().get(1) instanceof JsonValue.JsonText answer) {
                    turns.add(Turn.of(prompt.value(), answer.value()));
                } else {
                    throw new BadRowException("expected 'history' to be a list of pairs of texts");
                }
            }
            return;
        }
        throw new BadRowException("expected 'history' to be a list, got " + row.describe("history"));
    }

    private String prompt() {
        return columns.prompt().orElse("prompt");
    }

    private String completion() {
        return columns.completion().orElse("completion");
    }
}
