package dev.graft.adapter.format.peft;

import dev.graft.adapter.RowReplacement;
import dev.graft.adapter.format.json.JsonValue;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Trainable tokens: rows of an embedding, whose numbers stand in the configuration and whose values in the file.
 *
 * <p>The tensor is called {@code trainable_tokens_delta}, yet it holds absolute values.
 */
final class TokenRows {
    private TokenRows() {}

    /**
     * The rows of every embedding that has some.
     *
     * @param indices a list of row numbers, or an object from an embedding's name to its list
     */
    static List<RowReplacement> read(PeftFolder folder, FolderTensors tensors, JsonValue indices, String option) {
        List<RowReplacement> changes = new ArrayList<>();
        for (ModuleTensors module : tensors.modules()) {
            Tensor values = module.get(PeftKey.Part.TOKEN_ROWS);
            if (values != null) {
                changes.add(read(folder, module.module(), values, indices, option));
            }
        }
        if (changes.isEmpty() && !indices.isEmpty()) {
            throw folder.invalidTensors(
                    option + " names rows, but the file has no trainable_tokens_delta",
                    "Save the adapter again with PEFT.");
        }
        return changes;
    }

    private static RowReplacement read(
            PeftFolder folder, String module, Tensor values, JsonValue indices, String option) {
        List<Long> rows = folder.config().rows(option, listFor(folder, module, indices, option));
        if (values.shape().rank() != 2 || values.shape().dim(0) != rows.size()) {
            throw folder.invalidTensor(
                    values.name(), "expected " + rows.size() + " rows, as " + option + " says, got " + values.shape());
        }
        return new RowReplacement(module, rows, values);
    }

    private static JsonValue listFor(PeftFolder folder, String module, JsonValue indices, String option) {
        if (!(indices instanceof JsonValue.JsonObject object)) {
            return indices;
        }
        return object.members().entrySet().stream()
                .filter(entry -> module.equals(entry.getKey()) || module.endsWith("." + entry.getKey()))
                .map(java.util.Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> folder.config().invalid(option + " does not name the embedding '" + module + "'"));
    }
}
