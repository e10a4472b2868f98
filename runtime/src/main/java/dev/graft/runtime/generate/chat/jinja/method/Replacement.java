package dev.graft.runtime.generate.chat.jinja.method;

import dev.graft.runtime.generate.chat.jinja.limit.Finder;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.limit.Sink;

/** One text for another within a text. */
public final class Replacement {
    private Replacement() {}

    /** At most so many, or all if negative. */
    public static String of(Run run, String text, String old, String replacement, long count) {
        long most = count < 0 ? Long.MAX_VALUE : count;
        return old.isEmpty() ? between(run, text, replacement, most) : found(run, text, old, replacement, most);
    }

    private static String found(Run run, String text, String old, String replacement, long most) {
        Finder finder = new Finder(run, text, old);
        Sink sink = new Sink(run);
        int from = 0;
        int at = finder.next(0);
        for (long done = 0; done < most && at >= 0; done++) {
            sink.add(text.substring(from, at)).add(replacement);
            from = at + old.length();
            at = finder.next(from);
        }
        return sink.add(text.substring(from)).toString();
    }

    /** An empty text is before every character and at the end. */
    private static String between(Run run, String text, String replacement, long most) {
        Sink sink = new Sink(run);
        int at = 0;
        for (long done = 0; done < most && at <= text.length(); done++) {
            sink.add(replacement);
            int next = at < text.length() ? at + Character.charCount(text.codePointAt(at)) : at;
            sink.add(text.substring(at, next));
            at = next == at ? at + 1 : next;
        }
        return sink.add(at < text.length() ? text.substring(at) : "").toString();
    }
}
