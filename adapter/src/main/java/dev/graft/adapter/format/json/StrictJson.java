package dev.graft.adapter.format.json;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.IoReason;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A pull parser over UTF-8 JSON in which every key occurs once, nothing follows the value, and nesting is bounded.
 *
 * <p>Whatever is wrong is reported under the code that the caller names, at the line, column and path where it is.
 */
public final class StrictJson implements Closeable {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_KEYS = 250_000;

    private final JsonReader reader;
    private final ErrorCode code;
    private final Location location;

    /** Starts reading; takes ownership of the stream. */
    public StrictJson(InputStream utf8, ErrorCode code, Location location) {
        this.reader = new JsonReader(new InputStreamReader(
                utf8,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
        reader.setStrictness(Strictness.STRICT);
        this.code = code;
        this.location = location;
    }

    /** What to do with one member of an object, whose value must be consumed. */
    public interface MemberReader {
        /** Reads the value of the member called {@code name}. */
        void read(String name);
    }

    /** Reads an object member by member, refusing a key that occurs twice. */
    public void readObject(MemberReader members) {
        expect(JsonToken.BEGIN_OBJECT);
        call(reader::beginObject);
        Set<String> seen = new HashSet<>();
        while (call(reader::hasNext)) {
            String name = call(reader::nextName);
            if (!seen.add(name)) {
                throw malformed("the key '" + shorten(name) + "' occurs twice");
            }
            if (seen.size() > MAX_KEYS) {
                throw malformed("an object has more than " + MAX_KEYS + " keys");
            }
            members.read(name);
        }
        call(reader::endObject);
    }

    /** Reads an array, calling back before each item, which must be consumed. */
    public void readArray(Runnable item) {
        expect(JsonToken.BEGIN_ARRAY);
        call(reader::beginArray);
        while (call(reader::hasNext)) {
            item.run();
        }
        call(reader::endArray);
    }

    /** Reads a string. */
    public String readText() {
        expect(JsonToken.STRING);
        return call(reader::nextString);
    }

    /** Reads a whole number from 0 to 2^63 - 1, written without sign, fraction or exponent. */
    public long readCount() {
        expect(JsonToken.NUMBER);
        String digits = call(reader::nextString);
        try {
            long value = Long.parseLong(digits);
            if (digits.charAt(0) != '-') {
                return value;
            }
        } catch (NumberFormatException e) {
            throw malformed("expected a whole number below 2^63, got " + shorten(digits));
        }
        throw malformed("expected a whole number that is not negative, got " + shorten(digits));
    }

    /** Passes over a value of any kind. */
    public void skipValue() {
        call(reader::skipValue);
    }

    /** Reads a value of any kind. */
    public JsonValue readValue() {
        return readValue(0);
    }

    /** Checks that nothing but white space follows. */
    public void expectEnd() {
        if (call(reader::peek) != JsonToken.END_DOCUMENT) {
            throw malformed("something follows the end of the JSON value");
        }
    }

    private JsonValue readValue(int depth) {
        if (depth > MAX_DEPTH) {
            throw malformed("nested deeper than " + MAX_DEPTH + " levels");
        }
        return switch (call(reader::peek)) {
            case BEGIN_OBJECT -> readMembers(depth);
            case BEGIN_ARRAY -> readItems(depth);
            case STRING -> JsonValue.of(readText());
            case NUMBER -> new JsonValue.JsonNumber(call(reader::nextString));
            case BOOLEAN -> JsonValue.of(call(reader::nextBoolean));
            case NULL -> {
                call(reader::nextNull);
                yield JsonValue.ofNull();
            }
            default -> throw malformed("expected a value");
        };
    }

    private JsonValue readMembers(int depth) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        readObject(name -> members.put(name, readValue(depth + 1)));
        return new JsonValue.JsonObject(members);
    }

    private JsonValue readItems(int depth) {
        List<JsonValue> items = new ArrayList<>();
        readArray(() -> items.add(readValue(depth + 1)));
        return new JsonValue.JsonArray(items);
    }

    private void expect(JsonToken wanted) {
        JsonToken got = call(reader::peek);
        if (got != wanted) {
            throw malformed("expected " + words(wanted) + ", got " + words(got));
        }
    }

    private static String words(JsonToken token) {
        return token.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    private GraftException malformed(String what) {
        return new GraftException(
                code,
                what + " (at " + shorten(reader.getPath()) + ")",
                location,
                "The file is damaged, or was not written by the program that it claims: get it again.");
    }

    private static String shorten(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }

    private interface Step<T> {
        T run() throws IOException;
    }

    private interface Move {
        void run() throws IOException;
    }

    private void call(Move move) {
        this.<Boolean>call(() -> {
            move.run();
            return true;
        });
    }

    private <T> T call(Step<T> step) {
        try {
            return step.run();
        } catch (MalformedJsonException | EOFException | CharacterCodingException e) {
            throw new GraftException(code, "not valid JSON: " + reason(e), location, remedy(), e);
        } catch (IOException e) {
            throw new GraftException(ErrorCode.IO_FAILED, "cannot read the file: " + IoReason.of(e), location, "", e);
        }
    }

    private static String reason(IOException cause) {
        if (cause instanceof CharacterCodingException) {
            return "not UTF-8 text";
        }
        String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        // gson's commonest message is advice to a programmer, of which only the place is of use to a reader
        return shorten(message.startsWith("Use JsonReader") ? message.substring(message.indexOf("at line")) : message);
    }

    private static String remedy() {
        return "JSON has no NaN, Infinity, comments or trailing commas; write the file again without them.";
    }

    @Override
    public void close() {
        call(reader::close);
    }
}
