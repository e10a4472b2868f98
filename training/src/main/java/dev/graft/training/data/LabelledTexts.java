package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.runtime.generate.EncodedText;
import dev.graft.runtime.generate.TokenizerSource;
import dev.graft.training.config.ColumnNames;
import dev.graft.training.config.DataOptions;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * From a row's columns to tokens and label.
 *
 * <p>Special tokens are those that the tokenizer itself puts around one text or two. What is longer than the cutoff loses tokens at the end of the
 * longer text until both fit, as transformers does; special tokens stay.
 */
final class LabelledTexts {
    private static final List<String> TEXTS = List.of("text", "sentence", "sentence1", "premise", "question");
    private static final List<String> PAIRS = List.of("text_pair", "sentence2", "hypothesis");
    private static final List<String> LABELS = List.of("label", "labels");

    private final TokenizerSource tokenizer;
    private final ColumnNames columns;
    private final int cutoff;

    LabelledTexts(TokenizerSource tokenizer, DataOptions options) {
        this.tokenizer = tokenizer;
        this.columns = options.columns();
        this.cutoff = options.cutoff();
    }

    /** Gives the number of a label. */
    interface LabelReader {
        double read(String label);
    }

    /**
     * The tokens and the label of a row.
     *
     * @param cut whether tokens were left out
     */
    record Labelled(LabelledRow row, boolean cut) {}

    Labelled read(DataRow row, LabelReader labels) {
        String first = row.text(column(row, columns.text(), TEXTS, "text"));
        Optional<String> pair = columns.textPair()
                .or(() -> PAIRS.stream().filter(row::has).findFirst())
                .map(row::text);
        double label = labels.read(label(row));
        EncodedText encoded = tokenizer.encodePair(first, pair.orElse(null));
        boolean[] kept = kept(encoded);
        int count = 0;
        for (boolean keep : kept) {
            count += keep ? 1 : 0;
        }
        int[] ids = new int[count];
        byte[] types = new byte[count];
        int at = 0;
        for (int i = 0; i < kept.length; i++) {
            if (kept[i]) {
                ids[at] = Math.toIntExact(encoded.ids()[i]);
                types[at++] = (byte) encoded.typeIds()[i];
            }
        }
        return new Labelled(new LabelledRow(ids, types, label), count < kept.length);
    }

    /** Which tokens stay; the texts are the stretches between special tokens. */
    private boolean[] kept(EncodedText encoded) {
        boolean[] kept = new boolean[encoded.ids().length];
        java.util.Arrays.fill(kept, true);
        int[] lengths = new int[2];
        int[] text = new int[kept.length];
        int current = -1;
        for (int i = 0; i < kept.length; i++) {
            boolean special = encoded.special()[i] != 0;
            boolean begins = !special && (i == 0 || encoded.special()[i - 1] != 0);
            current = Math.min(1, begins ? current + 1 : current);
            text[i] = special ? -1 : current;
            if (!special) {
                lengths[current]++;
            }
        }
        int excess = Math.max(0, kept.length - cutoff);
        int[] room = lengths.clone();
        for (int i = 0; i < excess && room[0] + room[1] > 0; i++) {
            room[room[0] >= room[1] ? 0 : 1]--;
        }
        int[] seen = new int[2];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = text[i] < 0 || seen[text[i]]++ < room[text[i]];
        }
        return kept;
    }

    private String label(DataRow row) {
        String column = column(row, columns.label(), LABELS, "label");
        JsonValue value = row.value(column);
        if (value instanceof JsonValue.JsonText text && !text.value().isBlank()) {
            return text.value();
        }
        if (value instanceof JsonValue.JsonText) {
            throw new BadRowException("expected '" + column + "' to be a class or a number, got nothing");
        }
        if (value instanceof JsonValue.JsonNumber number) {
            return number.digits();
        }
        if (value instanceof JsonValue.JsonBoolean flag) {
            return flag.value() ? "true" : "false";
        }
        throw new BadRowException("expected '" + column + "' to be a text or a number, got " + row.describe(column));
    }

    private static String column(DataRow row, Optional<String> given, List<String> usual, String what) {
        return given.or(() -> usual.stream().filter(row::has).findFirst())
                // one that is there and null is the one that is meant, which whoever reads it says
                .or(() -> usual.stream().filter(row.columns()::containsKey).findFirst())
                .orElseThrow(() ->
                        new BadRowException("expected a column for the " + what + ", one of " + String.join(", ", usual)
                                + "; the row has " + row.columns().keySet()));
    }

    /** A label that is a number by itself. */
    static double number(String label) {
        try {
            double number = Double.parseDouble(label.strip());
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new BadRowException("expected the label to be a number, got '" + shorten(label) + "'");
        }
        throw new BadRowException("expected the label to be a finite number, got '" + shorten(label) + "'");
    }

    static String shorten(@Nullable String label) {
        String text = String.valueOf(label);
        return text.length() > 60 ? text.substring(0, 60) + "..." : text;
    }
}
