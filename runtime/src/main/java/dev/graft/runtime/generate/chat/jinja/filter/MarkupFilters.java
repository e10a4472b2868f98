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
import java.util.List;
import java.util.Map;

/** Filters for pages and addresses; a text that is called safe is a text like any other here, where nothing is escaped by itself. */
final class MarkupFilters {
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~";

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
        Repr.text(run, value).codePoints().forEach(character -> sink.add(escaped(character)));
        return sink.toString();
    }

    private static String escaped(int character) {
        return switch (character) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '\'' -> "&#39;";
            case '"' -> "&#34;";
            default -> Character.toString(character);
        };
    }

    private Object urlEncode(Object value, Arguments arguments) {
        if (value instanceof String || !Iteration.isIterable(value)) {
            return quoted(Repr.text(run, value), UNRESERVED + "/");
        }
        List<Object> pairs = value instanceof Map ? DictView.pairs(Types.dict(value)) : Iteration.list(run, value);
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
            sink.add(plain ? String.valueOf((char) unit) : String.format("%%%02X", unit & 0xff));
        }
        return sink.toString();
    }
}
