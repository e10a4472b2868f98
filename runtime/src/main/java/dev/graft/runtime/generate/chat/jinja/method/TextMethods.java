package dev.graft.runtime.generate.chat.jinja.method;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.format.BraceFormat;
import dev.graft.runtime.generate.chat.jinja.limit.Limits;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.limit.Sink;
import dev.graft.runtime.generate.chat.jinja.text.Casing;
import dev.graft.runtime.generate.chat.jinja.text.CharacterKinds;
import dev.graft.runtime.generate.chat.jinja.text.Characters;
import dev.graft.runtime.generate.chat.jinja.text.Padding;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import dev.graft.runtime.generate.chat.jinja.value.Iteration;
import dev.graft.runtime.generate.chat.jinja.value.Tuple;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/** The methods of Python's {@code str}. */
public final class TextMethods {
    static final Set<String> NAMES = Set.of(
            "strip",
            "lstrip",
            "rstrip",
            "split",
            "rsplit",
            "splitlines",
            "startswith",
            "endswith",
            "replace",
            "upper",
            "lower",
            "title",
            "capitalize",
            "casefold",
            "swapcase",
            "find",
            "rfind",
            "index",
            "rindex",
            "count",
            "join",
            "isdigit",
            "isalpha",
            "isalnum",
            "isspace",
            "isupper",
            "islower",
            "isnumeric",
            "isdecimal",
            "isascii",
            "format",
            "zfill",
            "removeprefix",
            "removesuffix",
            "partition",
            "rpartition",
            "ljust",
            "rjust",
            "center");

    private final Run run;
    private final Splitting splitting;

    TextMethods(Run run) {
        this.run = run;
        this.splitting = new Splitting(run);
    }

    Object call(String text, String name, Arguments arguments) {
        run.chargeText(text.length());
        Object result = switch (name) {
            case "strip", "lstrip", "rstrip" -> stripped(text, name, arguments);
            case "split", "rsplit", "splitlines", "partition", "rpartition" -> splitting.call(text, name, arguments);
            case "startswith", "endswith" -> hasEnd(text, name, arguments);
            case "find", "rfind", "index", "rindex", "count" -> Search.call(run, text, name, arguments);
            case "replace", "join", "format", "zfill", "ljust", "rjust", "center", "removeprefix", "removesuffix" ->
                made(text, name, arguments);
            default -> plain(text, name, arguments);
        };
        run.chargeValue(result);
        return result;
    }

    private Object plain(String text, String name, Arguments arguments) {
        arguments.bind();
        run.chargeExamined(text);
        return name.startsWith("is") ? CharacterKinds.holds(text, name) : Casing.changed(text, name);
    }

    private Object stripped(String text, String name, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("chars");
        IntPredicate stripped =
                bound.hasValue("chars") ? oneOf(run, Types.text(bound.need("chars"))) : Characters::isSpace;
        return switch (name) {
            case "lstrip" -> Characters.stripLeft(text, stripped);
            case "rstrip" -> Characters.stripRight(text, stripped);
            default -> Characters.strip(text, stripped);
        };
    }

    /** Whether a character is among those of a text; each question is paid for. */
    public static IntPredicate oneOf(Run run, String characters) {
        long steps = 1L + characters.length() / Limits.COMPARISONS_PER_STEP;
        return character -> {
            run.charge(steps);
            return characters.indexOf(character) >= 0;
        };
    }

    private Object hasEnd(String text, String name, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("affix", "start", "end");
        String part = Search.part(text, bound);
        Object affix = bound.need("affix");
        List<Object> affixes = affix instanceof Tuple tuple ? tuple.items() : List.of(Types.text(affix));
        return affixes.stream().anyMatch(end -> isEnd(part, Types.text(end), name.equals("startswith")));
    }

    private boolean isEnd(String text, String affix, boolean first) {
        run.step();
        run.chargeText(Math.min(text.length(), affix.length()));
        return first ? text.startsWith(affix) : text.endsWith(affix);
    }

    private Object made(String text, String name, Arguments arguments) {
        return switch (name) {
            case "replace" -> replaced(text, arguments);
            case "join" -> joined(text, arguments);
            case "format" -> BraceFormat.format(run, text, arguments);
            case "removeprefix" -> without(text, arguments, true);
            case "removesuffix" -> without(text, arguments, false);
            default -> filled(text, name, arguments);
        };
    }

    private String replaced(String text, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("old", "new", "count");
        return Replacement.of(
                run, text, Types.text(bound.need("old")), Types.text(bound.need("new")), bound.integer("count", -1));
    }

    private String joined(String separator, Arguments arguments) {
        Sink sink = new Sink(run);
        String between = "";
        for (Object item : Iteration.list(run, arguments.bind("iterable").need("iterable"))) {
            sink.add(between).add(Types.text(item));
            between = separator;
        }
        return sink.toString();
    }

    private static String without(String text, Arguments arguments, boolean prefix) {
        String affix = Types.text(arguments.bind("affix").need("affix"));
        if (prefix) {
            return text.startsWith(affix) ? text.substring(affix.length()) : text;
        }
        return text.endsWith(affix) ? text.substring(0, text.length() - affix.length()) : text;
    }

    private String filled(String text, String name, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("width", "fillchar");
        String fill = name.equals("zfill") ? "0" : bound.text("fillchar", " ");
        if (Characters.length(fill) != 1) {
            throw JinjaException.of("the fill character must be exactly one character long");
        }
        long width = Types.integer(bound.need("width"));
        run.chargeText(Math.max(0, width));
        return Padding.filled(text, name, width, fill);
    }
}
