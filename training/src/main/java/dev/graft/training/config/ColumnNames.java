package dev.graft.training.config;

import java.util.Optional;

/**
 * The names of columns, where they are not the usual ones.
 *
 * @param prompt what is answered
 * @param completion the answer
 * @param messages the conversation
 * @param text the text, or the first of two
 * @param textPair the second text
 * @param label the class or number; also the tensor of labels
 */
public record ColumnNames(
        Optional<String> prompt,
        Optional<String> completion,
        Optional<String> messages,
        Optional<String> text,
        Optional<String> textPair,
        Optional<String> label) {
    static ColumnNames read(SettingReader reader) {
        return new ColumnNames(
                reader.text("prompt_column"),
                reader.text("completion_column"),
                reader.text("messages_column"),
                reader.text("text_column"),
                reader.text("text_pair_column"),
                reader.text("label_column"));
    }
}
