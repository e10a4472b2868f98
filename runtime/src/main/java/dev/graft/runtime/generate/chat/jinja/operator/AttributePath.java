package dev.graft.runtime.generate.chat.jinja.operator;

import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.value.None;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import dev.graft.runtime.generate.chat.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.List;

/** An attribute of an attribute: {@code a.b.0}, each looked up as an item first. */
public record AttributePath(List<Object> parts) {
    /** A path as a filter is given it: a text with points, a place, or none for the value itself. */
    public static AttributePath of(Run run, Object written) {
        if (written == None.NONE) {
            return new AttributePath(List.of());
        }
        if (!(written instanceof String text)) {
            return new AttributePath(List.of(Types.integer(written)));
        }
        List<Object> parts = new ArrayList<>();
        for (String part : text.split("\\.", -1)) {
            run.step();
            boolean place =
                    !part.isEmpty() && part.length() < 10 && part.chars().allMatch(AttributePath::isDigit);
            parts.add(place ? (Object) Long.parseLong(part) : part);
        }
        return new AttributePath(parts);
    }

    private static boolean isDigit(int character) {
        return character >= '0' && character <= '9';
    }

    /** The value, where what is missing is the last thing given unless that is none. */
    public Object in(Items items, Object value, Object otherwise) {
        Object found = value;
        for (Object part : parts) {
            found = items.item(found, part);
            if (found instanceof Undefined && otherwise != None.NONE) {
                found = otherwise;
            }
        }
        return found;
    }
}
