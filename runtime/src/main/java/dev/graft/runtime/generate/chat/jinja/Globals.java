package dev.graft.runtime.generate.chat.jinja;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.format.Repr;
import dev.graft.runtime.generate.chat.jinja.format.TimeFormat;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import dev.graft.runtime.generate.chat.jinja.value.Dict;
import dev.graft.runtime.generate.chat.jinja.value.Function;
import dev.graft.runtime.generate.chat.jinja.value.Iteration;
import dev.graft.runtime.generate.chat.jinja.value.Namespace;
import dev.graft.runtime.generate.chat.jinja.value.Range;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import java.util.List;
import java.util.Map;

/** The functions that every template has. */
final class Globals {
    /** Steps of a character of a time's format: two of them can name all parts of a time. */
    private static final long TIME_STEPS = 8;

    private final Run run;

    private Globals(Run run) {
        this.run = run;
    }

    static Map<String, Function> of(Run run) {
        Globals globals = new Globals(run);
        return Map.of(
                "range", Globals::range,
                "namespace", globals::namespace,
                "dict", globals::dict,
                "raise_exception", globals::raise,
                "strftime_now", globals::now,
                "cycler", Cycler::new,
                "joiner", globals::joiner);
    }

    private static Object range(Arguments arguments) {
        List<Object> bounds = arguments.positional();
        if (bounds.isEmpty() || bounds.size() > 3 || !arguments.named().isEmpty()) {
            throw JinjaException.of("range takes one to three whole numbers");
        }
        long first = Types.integer(bounds.get(0));
        return switch (bounds.size()) {
            case 1 -> new Range(0, first, 1);
            case 2 -> new Range(first, Types.integer(bounds.get(1)), 1);
            default -> new Range(first, Types.integer(bounds.get(1)), Types.integer(bounds.get(2)));
        };
    }

    private Object namespace(Arguments arguments) {
        Namespace namespace = new Namespace();
        entries(arguments).forEach((name, value) -> namespace.set(Types.text(name), value));
        return namespace;
    }

    private Object dict(Arguments arguments) {
        return entries(arguments);
    }

    private Map<Object, Object> entries(Arguments arguments) {
        Dict entries = new Dict();
        if (arguments.positional().size() > 1) {
            throw JinjaException.of("dict expected at most 1 argument");
        }
        for (Object source : arguments.positional()) {
            if (source instanceof Map) {
                entries.putAll(run, Types.dict(source));
            } else {
                Iteration.list(run, source).forEach(pair -> put(entries, Iteration.list(run, pair)));
            }
        }
        entries.putAll(run, arguments.named());
        return entries;
    }

    private void put(Map<Object, Object> entries, List<Object> pair) {
        if (pair.size() != 2) {
            throw JinjaException.of("a dict is made of pairs");
        }
        run.chargeValue(pair.get(0));
        entries.put(Types.key(pair.get(0)), pair.get(1));
    }

    private Object raise(Arguments arguments) {
        throw JinjaException.ofTemplate(Repr.text(run, arguments.bind("message").need("message")));
    }

    private Object now(Arguments arguments) {
        String format = Types.text(arguments.bind("format").need("format"));
        run.charge(TIME_STEPS * format.length());
        return TimeFormat.format(format, run.clock());
    }

    private Object joiner(Arguments arguments) {
        String separator = Repr.text(run, arguments.bind("sep").get("sep", ", "));
        boolean[] used = {false};
        return (Function) nothing -> {
            String between = used[0] ? separator : "";
            used[0] = true;
            return between;
        };
    }
}
