package dev.graft.runtime.generate.chat.jinja;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import dev.graft.runtime.generate.chat.jinja.value.Function;
import dev.graft.runtime.generate.chat.jinja.value.Members;
import dev.graft.runtime.generate.chat.jinja.value.None;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values in turn. */
final class Cycler implements Members {
    private final List<Object> values;
    private int position;

    Cycler(Arguments arguments) {
        this.values = arguments.positional();
        if (values.isEmpty()) {
            throw JinjaException.of("at least one item has to be provided");
        }
    }

    @Override
    public @Nullable Object member(String name) {
        return switch (name) {
            case "current" -> values.get(position);
            case "next" -> (Function) arguments -> next();
            case "reset" -> (Function) arguments -> reset();
            default -> null;
        };
    }

    @Override
    public String described() {
        return "<cycler>";
    }

    private Object next() {
        Object value = values.get(position);
        position = (position + 1) % values.size();
        return value;
    }

    private Object reset() {
        position = 0;
        return None.NONE;
    }
}
