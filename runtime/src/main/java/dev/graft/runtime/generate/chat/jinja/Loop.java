package dev.graft.runtime.generate.chat.jinja;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import dev.graft.runtime.generate.chat.jinja.value.Comparison;
import dev.graft.runtime.generate.chat.jinja.value.Function;
import dev.graft.runtime.generate.chat.jinja.value.Lookahead;
import dev.graft.runtime.generate.chat.jinja.value.Members;
import dev.graft.runtime.generate.chat.jinja.value.Tuple;
import dev.graft.runtime.generate.chat.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A loop and what its body may ask of it; looks ahead only when asked. */
final class Loop extends Lookahead implements Members {
    private final Run run;
    private Iterator<Object> items;
    private @Nullable Object changedBefore;
    private @Nullable Object before;
    private @Nullable Object current;
    private @Nullable List<Object> remaining;
    private long lengthKnown;
    private long index0 = -1;

    Loop(Run run, Iterator<Object> items) {
        this.run = run;
        this.items = items;
    }

    @Override
    protected @Nullable Object fetch() {
        return items.hasNext() ? items.next() : null;
    }

    @Override
    public Object next() {
        Object item = super.next();
        before = current;
        current = item;
        index0++;
        return item;
    }

    @Override
    public @Nullable Object member(String name) {
        return switch (name) {
            case "index" -> index0 + 1;
            case "index0" -> index0;
            case "revindex" -> length() - index0;
            case "revindex0" -> length() - index0 - 1;
            case "first" -> index0 == 0;
            case "last" -> !hasNext();
            case "length" -> length();
            case "depth" -> 1L;
            case "depth0" -> 0L;
            case "previtem" -> before == null ? Undefined.of("there is no previous item") : before;
            case "nextitem" -> nextItem();
            case "cycle" -> (Function) this::cycle;
            case "changed" -> (Function) this::changed;
            default -> null;
        };
    }

    @Override
    public String described() {
        return "<LoopContext " + (index0 + 1) + "/" + length() + ">";
    }

    private Object nextItem() {
        Object next = peek();
        return next == null ? Undefined.of("there is no next item") : next;
    }

    private long length() {
        if (remaining == null) {
            remaining = new ArrayList<>();
            items.forEachRemaining(remaining::add);
            lengthKnown = index0 + 1 + (hasFetched() ? 1 : 0) + remaining.size();
            items = remaining.iterator();
        }
        return lengthKnown;
    }

    private Object cycle(Arguments arguments) {
        List<Object> values = arguments.positional();
        if (values.isEmpty()) {
            throw JinjaException.of("no items for cycling given");
        }
        return values.get((int) (index0 % values.size()));
    }

    private Object changed(Arguments arguments) {
        Tuple value = Tuple.of(arguments.positional());
        @Nullable Object last = changedBefore;
        changedBefore = value;
        return last == null || !Comparison.equal(run, last, value);
    }
}
