package dev.graft.runtime.generate.chat.jinja.filter;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.format.JsonText;
import dev.graft.runtime.generate.chat.jinja.format.PercentFormat;
import dev.graft.runtime.generate.chat.jinja.format.Repr;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.limit.Sink;
import dev.graft.runtime.generate.chat.jinja.method.Replacement;
import dev.graft.runtime.generate.chat.jinja.method.Splitting;
import dev.graft.runtime.generate.chat.jinja.method.TextMethods;
import dev.graft.runtime.generate.chat.jinja.text.Casing;
import dev.graft.runtime.generate.chat.jinja.text.Characters;
import dev.graft.runtime.generate.chat.jinja.text.Padding;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import dev.graft.runtime.generate.chat.jinja.value.Iteration;
import dev.graft.runtime.generate.chat.jinja.value.None;
import dev.graft.runtime.generate.chat.jinja.value.Tuple;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters that make texts of what they get. */
final class TextFilters {
    private final Run run;

    TextFilters(Run run) {
        this.run = run;
    }

    Map<String, Filter> table() {
        return Map.ofEntries(
                Map.entry("string", (value, arguments) -> text(value, arguments.bind())),
                Map.entry("trim", this::trim),
                Map.entry("upper", (value, arguments) -> Casing.upper(examined(value, arguments))),
                Map.entry("lower", (value, arguments) -> Casing.lower(examined(value, arguments))),
                Map.entry("capitalize", (value, arguments) -> Casing.capitalized(examined(value, arguments))),
                Map.entry("title", (value, arguments) -> titled(examined(value, arguments))),
                Map.entry("replace", this::replace),
                Map.entry("indent", this::indent),
                Map.entry("truncate", this::truncate),
                Map.entry("wordcount", (value, arguments) -> words(examined(value, arguments))),
                Map.entry("center", this::center),
                Map.entry("format", this::format),
                Map.entry("tojson", this::toJson));
    }

    /** The bound arguments are given so that those too many are refused. */
    private String text(Object value, Arguments.Bound bound) {
        return bound.values().isEmpty() ? Repr.text(run, value) : "";
    }

    private String examined(Object value, Arguments arguments) {
        String text = text(value, arguments.bind());
        run.chargeExamined(text);
        return text;
    }

    private Object trim(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("chars");
        String text = Repr.text(run, value);
        if (!bound.hasValue("chars")) {
            return Characters.strip(text, Characters::isSpace);
        }
        return Characters.strip(text, TextMethods.oneOf(run, Types.text(bound.need("chars"))));
    }

    /** As Jinja does it: words begin behind white space, hyphens and opening brackets only. */
    private String titled(String text) {
        Sink titled = new Sink(run);
        int from = 0;
        for (int at = 0; at < text.length(); at++) {
            char character = text.charAt(at);
            if (Characters.isSpace(character) || "-({[<".indexOf(character) >= 0) {
                titled.add(Casing.capitalized(text.substring(from, at + 1)));
                from = at + 1;
            }
        }
        return titled.add(Casing.capitalized(text.substring(from))).toString();
    }

    private Object replace(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("old", "new", "count");
        String old = Repr.text(run, bound.need("old"));
        String replacement = Repr.text(run, bound.need("new"));
        long count = bound.hasValue("count") ? Types.integer(bound.need("count")) : -1;
        return Replacement.of(run, Repr.text(run, value), old, replacement, count);
    }

    private Object indent(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("width", "first", "blank");
        Object width = bound.get("width", 4L);
        String indent = width instanceof String text ? text : spaces(Types.integer(width));
        boolean blank = bound.flag("blank", false);
        List<Object> lines = new Splitting(run).lines(Types.text(value) + "\n", false);
        Sink sink = new Sink(run);
        for (int index = 0; index < lines.size(); index++) {
            String line = Types.text(lines.get(index));
            boolean indented = index == 0 ? bound.flag("first", false) : blank || !line.isEmpty();
            sink.add(index == 0 ? "" : "\n").add(indented ? indent : "").add(line);
        }
        return sink.toString();
    }

    private String spaces(long count) {
        run.chargeText(Math.max(0, count));
        return " ".repeat((int) Math.max(0, count));
    }

    private Object truncate(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("length", "killwords", "end", "leeway");
        String text = Types.text(value);
        String end = bound.text("end", "...");
        long length = bound.integer("length", 255);
        long leeway = bound.hasValue("leeway") ? Types.integer(bound.need("leeway")) : 5;
        long kept = length - Characters.length(end);
        if (kept < 0 || leeway < 0) {
            throw JinjaException.of("expected length >= " + Characters.length(end) + " and leeway >= 0");
        }
        if (Characters.length(text) <= length + leeway) {
            return text;
        }
        String cut = text.substring(0, text.offsetByCodePoints(0, (int) kept));
        int space = cut.lastIndexOf(' ');
        return (bound.flag("killwords", false) || space < 0 ? cut : cut.substring(0, space)) + end;
    }

    private static long words(String text) {
        long count = 0;
        boolean within = false;
        for (int character : text.codePoints().toArray()) {
            boolean word = Characters.isWordCharacter(character);
            count += word && !within ? 1 : 0;
            within = word;
        }
        return count;
    }

    private Object center(Object value, Arguments arguments) {
        long width = arguments.bind("width").integer("width", 80);
        run.chargeText(Math.max(0, width));
        return Padding.filled(Repr.text(run, value), "center", width, " ");
    }

    private Object format(Object value, Arguments arguments) {
        if (!arguments.named().isEmpty() && !arguments.positional().isEmpty()) {
            throw JinjaException.of("format takes arguments by position or by name, not both");
        }
        Object given = arguments.named().isEmpty() ? Tuple.of(arguments.positional()) : arguments.named();
        return PercentFormat.format(run, Repr.text(run, value), given);
    }

    private Object toJson(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("ensure_ascii", "indent", "separators", "sort_keys");
        @Nullable String indent = jsonIndent(bound.get("indent", None.NONE));
        List<Object> separators = List.of(indent == null ? ", " : ",", ": ");
        if (bound.hasValue("separators")) {
            separators = Iteration.list(run, bound.need("separators"));
        }
        if (separators.size() != 2) {
            throw JinjaException.of("separators takes two texts");
        }
        return JsonText.of(
                run,
                value,
                new JsonText.Style(
                        indent,
                        Types.text(separators.get(0)),
                        Types.text(separators.get(1)),
                        bound.flag("ensure_ascii", false),
                        bound.flag("sort_keys", false)));
    }

    private @Nullable String jsonIndent(Object indent) {
        if (indent == None.NONE) {
            return null;
        }
        return indent instanceof String text ? text : spaces(Types.integer(indent));
    }
}
