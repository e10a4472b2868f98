package dev.graft.cli.tokenizer;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.generate.EncodedText;
import dev.graft.runtime.generate.TokenizerSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A {@code tokenizer.json}, read by Hugging Face's own library through DJL; nothing is fetched from anywhere. */
public final class HuggingFaceTokenizerSource implements TokenizerSource, AutoCloseable {
    private static final List<String> END_NAMES = List.of(
            "</s>",
            "<|endoftext|>",
            "<|end_of_text|>",
            "<|eot_id|>",
            "<|im_end|>",
            "<eos>",
            "<|end|>",
            "<end_of_turn>",
            "[EOS]",
            "[SEP]");

    private final HuggingFaceTokenizer tokenizer;

    private HuggingFaceTokenizerSource(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * Opens a tokenizer.
     *
     * @throws GraftException {@code FILE_NOT_FOUND}, {@code UNKNOWN_FORMAT} or {@code DEVICE_UNAVAILABLE}
     */
    public static HuggingFaceTokenizerSource open(Path file) {
        return open(file, "Name the model's tokenizer.json with --tokenizer.");
    }

    /**
     * Opens a tokenizer.
     *
     * @param otherwise what to do where there is none
     * @throws GraftException {@code FILE_NOT_FOUND}, {@code UNKNOWN_FORMAT} or {@code DEVICE_UNAVAILABLE}
     */
    public static HuggingFaceTokenizerSource open(Path file, String otherwise) {
        if (!Files.isRegularFile(file)) {
            throw new GraftException(ErrorCode.FILE_NOT_FOUND, "no tokenizer.json", Location.ofFile(file), otherwise);
        }
        // set before the library starts: it would otherwise look for a newer native build on the network
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        try {
            // truncation has to be turned off: it is at 512 tokens by default
            return new HuggingFaceTokenizerSource(HuggingFaceTokenizer.newInstance(
                    file, Map.of("addSpecialTokens", "true", "padding", "false", "truncation", "false")));
        } catch (IOException | RuntimeException e) {
            throw new GraftException(
                    ErrorCode.UNKNOWN_FORMAT,
                    "not a tokenizer that Hugging Face's library reads: " + e.getMessage(),
                    Location.ofFile(file),
                    "Give the tokenizer.json that was saved with the model.",
                    e);
        } catch (UnsatisfiedLinkError e) {
            throw new GraftException(
                    ErrorCode.DEVICE_UNAVAILABLE,
                    "the tokenizer's native library cannot be loaded: " + e.getMessage(),
                    Location.NONE,
                    "It exists for 64-bit Linux, macOS on ARM and 64-bit Windows.",
                    e);
        }
    }

    @Override
    public long[] encode(String text) {
        Encoding encoding = tokenizer.encode(text);
        return encoding.getIds();
    }

    @Override
    public long[] encodeBare(String text) {
        return tokenizer.encode(text, false, false).getIds();
    }

    @Override
    public EncodedText encodePair(String first, @Nullable String second) {
        Encoding encoding = second == null ? tokenizer.encode(first) : tokenizer.encode(first, second);
        return new EncodedText(encoding.getIds(), encoding.getTypeIds(), encoding.getSpecialTokenMask());
    }

    @Override
    public OptionalLong idOf(String token) {
        Encoding encoding = tokenizer.encode(token, false, false);
        boolean whole = encoding.getTokens().length == 1 && encoding.getTokens()[0].equals(token);
        return whole ? OptionalLong.of(encoding.getIds()[0]) : OptionalLong.empty();
    }

    @Override
    public String decode(long[] ids) {
        return tokenizer.decode(ids, true);
    }

    /** The ids of the tokens that end a text, as far as the tokenizer has one of the usual names. */
    public Set<Long> endTokens() {
        Set<Long> ends = new TreeSet<>();
        for (String name : END_NAMES) {
            idOf(name).stream()
                    .filter(id -> tokenizer.decode(new long[] {id}, true).isEmpty())
                    .forEach(ends::add);
        }
        return ends;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
