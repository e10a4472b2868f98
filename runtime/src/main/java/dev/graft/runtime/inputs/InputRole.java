package dev.graft.runtime.inputs;

import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import java.util.Locale;
import java.util.regex.Pattern;

/** What an input is for, as its name and type tell. */
public enum InputRole {
    /** Numbers of tokens. */
    TOKEN_IDS,
    /** Which positions count: 1 or true for all. */
    ATTENTION_MASK,
    /** A mask that is added to attention scores: 0 for all. */
    ADDITIVE_MASK,
    /** Which segment a token is in: 0 for all. */
    TOKEN_TYPE_IDS,
    /** 0, 1, 2, ... along the last axis. */
    POSITION_IDS,
    /** Keys and values of earlier tokens: none, or zeros where the model fixes their number. */
    PAST,
    /** Whether to use the cache: no. */
    CACHE_FLAG,
    /** A length of all tokens so far, as a number. */
    TOTAL_LENGTH,
    /** The same less one, as GroupQueryAttention wants it. */
    TOTAL_LENGTH_LESS_ONE,
    /** A length of earlier tokens: 0. */
    PAST_LENGTH,
    /** Samples per second: 16000. */
    SAMPLE_RATE,
    /** Pixels. */
    IMAGE,
    /** Samples or spectra of sound. */
    AUDIO,
    /** Any other numbers. */
    OTHER;

    private static final Pattern SAMPLE_RATE_NAME = Pattern.compile("sr|.*sampl(e|ing)_rate.*");
    private static final Pattern IMAGE_NAME = Pattern.compile(".*(pixel|image|img).*");
    private static final Pattern AUDIO_NAME =
            Pattern.compile(".*(audio|wave|speech|input_values|input_features|mel).*");
    private static final Pattern PAST_NAME = Pattern.compile("past[_.].*|past|.*past_key.*|.*\\.(past|cache)\\..*");

    /** The role of an input. */
    public static InputRole of(ValueDescription input) {
        String name = input.name().toLowerCase(Locale.ROOT);
        boolean isFloat = input.dtype() != null && input.dtype().isFloat();
        if (name.contains("use_cache")) {
            return CACHE_FLAG;
        }
        if (name.contains("mask")) {
            return isFloat && input.rank() > 2 ? ADDITIVE_MASK : ATTENTION_MASK;
        }
        if (isFloat) {
            return ofFloat(name, input);
        }
        return input.dtype() == DType.UINT8 && IMAGE_NAME.matcher(name).matches() ? IMAGE : ofInteger(name);
    }

    private static InputRole ofFloat(String name, ValueDescription input) {
        if (PAST_NAME.matcher(name).matches()) {
            return PAST;
        }
        if (IMAGE_NAME.matcher(name).matches() || (input.rank() == 4 && name.startsWith("input"))) {
            return IMAGE;
        }
        return AUDIO_NAME.matcher(name).matches() ? AUDIO : OTHER;
    }

    private static InputRole ofInteger(String name) {
        if (name.contains("position")) {
            return POSITION_IDS;
        }
        if (name.contains("token_type") || name.contains("segment")) {
            return TOKEN_TYPE_IDS;
        }
        if (name.contains("seqlens_k")) {
            return TOTAL_LENGTH_LESS_ONE;
        }
        if (name.contains("past") && name.contains("len")) {
            return PAST_LENGTH;
        }
        if (name.contains("total") && name.contains("len")) {
            return TOTAL_LENGTH;
        }
        if (SAMPLE_RATE_NAME.matcher(name).matches()) {
            return SAMPLE_RATE;
        }
        return name.contains("ids") || name.contains("tokens") ? TOKEN_IDS : OTHER;
    }

    /** Whether the values follow from the other inputs' shapes alone. */
    public boolean isDerived() {
        return switch (this) {
            case TOKEN_IDS, IMAGE, AUDIO, OTHER -> false;
            default -> true;
        };
    }
}
