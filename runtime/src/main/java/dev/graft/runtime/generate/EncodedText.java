package dev.graft.runtime.generate;

/**
 * Texts as a tokenizer arranges them; all arrays of one length.
 *
 * @param ids the tokens
 * @param typeIds which of the texts a token belongs to, as the model is told: 0 or 1
 * @param special 1 for tokens that the tokenizer added, 0 for those of a text
 */
public record EncodedText(long[] ids, long[] typeIds, long[] special) {
    public EncodedText {
        if (typeIds.length != ids.length || special.length != ids.length) {
            throw new IllegalArgumentException(
                    "arrays of different lengths: " + ids.length + ", " + typeIds.length + ", " + special.length);
        }
    }
}
