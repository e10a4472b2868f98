package dev.graft.runtime.generate.chat;

import dev.graft.runtime.generate.TokenizerSource;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The tokens that stand around texts.
 *
 * @param bos begins a text; empty where the tokenizer has none
 * @param beginsTexts whether texts begin with it unless the configuration says otherwise
 * @param eos ends a text
 * @param pad fills rows up; any token would do, since padding is masked
 */
public record SpecialTokens(OptionalInt bos, boolean beginsTexts, OptionalInt eos, int pad) {
    /**
     * As the files beside the tokenizer say: {@code tokenizer_config.json} by the token's text, which may be null for "none"; where it says
     * nothing, the model's configuration by number. {@code add_bos_token: false} says not to use the first.
     */
    public static SpecialTokens read(TokenizerSource tokenizer, TokenizerFolder folder) {
        OptionalInt bos = id(tokenizer, folder, "bos_token");
        OptionalInt eos = id(tokenizer, folder, "eos_token");
        OptionalInt pad = id(tokenizer, folder, "pad_token");
        return new SpecialTokens(bos, !folder.denies("add_bos_token"), eos, pad.orElse(eos.orElse(0)));
    }

    private static OptionalInt id(TokenizerSource tokenizer, TokenizerFolder folder, String key) {
        if (folder.token(key).isPresent()) {
            OptionalLong id = tokenizer.idOf(folder.token(key).get());
            if (id.isPresent()) {
                return OptionalInt.of(Math.toIntExact(id.getAsLong()));
            }
        } else if (folder.says(key) && !key.startsWith("pad")) {
            return OptionalInt.empty();
        }
        return folder.modelId(key + "_id").filter(id -> id <= Integer.MAX_VALUE).stream()
                .mapToInt(Long::intValue)
                .findFirst();
    }
}
