package dev.graft.runtime.generate.chat.jinja.filter;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.format.Repr;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.limit.Sink;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import dev.graft.runtime.generate.chat.jinja.value.DictView;
import dev.graft.runtime.generate.chat.jinja.value.Iteration;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Filters for pages and addresses; a text that is called safe is a text like any other here, where nothing is escaped by itself. */
final class MarkupFilters {
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~";

    private static final HexFormat HEXADECIMAL = HexFormat.of().withUpperCase();

    private final Run run;

    MarkupFilters(Run run) {
        this.run = run;
    }

    Map<String, Filter> table() {
        return Map.of(
                "safe", (value, arguments) -> Repr.text(run, value),
                "escape", this::escape,
                "e", this::escape,
                "forceescape", this::escape,
                "urlencode", this::urlEncode);
    }

    private Object escape(Object value, Arguments arguments) {
        Sink sink = new Sink(run);
        String text = Repr.text(run, value);
        run.chargeExamined(text);
        int from = 0;
        for (int at = 0; at < text.length(); at++) {
            String escaped = escaped(text.charAt(at));
            if (!escaped.isEmpty()) {
                sink.add(text.substring(from, at)).add(escaped);
                from = at + 1;
            }
        }
        return sink.add(text.substring(from)).toString();
    }

    /** What stands for a character, or nothing if it stands for itself. */
    private static String escaped(char character) {
        return switch (character) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '\'' -> "&#39;";
            case '"' -> "&#34;";
            default -> "";
        };
    }

    private Object urlEncode(Object value, Arguments arguments) {
        if (value instanceof String || !Iteration.isIterable(value)) {
            return quoted(Repr.text(run, value), UNRESERVED + "/");
        }
        List<Object> pairs = value instanceof Map ? DictView.pairs(Types.dict(value)) : Iteration.list(run, value);
        run.charge(pairs.size());
        Sink sink = new Sink(run);
        for (int index = 0; index < pairs.size(); index++) {
            List<Object> pair = Iteration.list(run, pairs.get(index));
            if (pair.size() != 2) {
                throw JinjaException.of("urlencode takes pairs");
            }
            sink.add(index == 0 ? "" : "&").add(forQuery(pair.get(0))).add("=").add(forQuery(pair.get(1)));
        }
        return sink.toString();
    }

    private String forQuery(Object value) {
        return quoted(Repr.text(run, value), UNRESERVED).replace("%20", "+");
    }

    private String quoted(String text, String kept) {
        Sink sink = new Sink(run);
        for (byte unit : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = unit > 0 && kept.indexOf(unit) >= 0;
            sink.add(plain ? String.valueOf((char) unit) : "%" + HEXADECIMAL.toHexDigits(unit));
        }
        return sink.toString();
    }
}
