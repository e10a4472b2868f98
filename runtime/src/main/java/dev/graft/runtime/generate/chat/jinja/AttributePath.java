package dev.graft.runtime.generate.chat.jinja;

import java.util.ArrayList;
import java.util.List;

/** An attribute of an attribute: {@code a.b.0}, each looked up as an item first. */
record AttributePath(List<Object> parts) {
    static AttributePath of(Object written) {
        if (written == None.NONE) {
            return new AttributePath(List.of());
        }
        if (!(written instanceof String text)) {
            return new AttributePath(List.of(Types.integer(written)));
        }
        List<Object> parts = new ArrayList<>();
        for (String part : text.split("\\.", -1)) {
            boolean place = part.length() < 10 && part.matches("[0-9]+");
            parts.add(place ? (Object) Long.parseLong(part) : part);
        }
        return new AttributePath(parts);
    }

    /** The value, where what is missing is the last thing given unless that is none. */
    Object in(Items items, Object value, Object otherwise) {
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
