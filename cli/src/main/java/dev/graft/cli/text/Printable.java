package dev.graft.cli.text;

/** Makes text from files safe to print: a control character becomes a visible escape, such as <code>\x1b</code>. */
public final class Printable {
    private Printable() {}

    /** The text with control characters (other than line ends and tabs) and direction marks made visible. */
    public static String of(String text) {
        if (text.codePoints().noneMatch(Printable::isHidden)) {
            return text;
        }
        StringBuilder visible = new StringBuilder();
        text.codePoints().forEach(point -> append(visible, point));
        return visible.toString();
    }

    private static void append(StringBuilder visible, int point) {
        if (isHidden(point)) {
            visible.append(point < 0x100 ? "\\x" : "\\u").append(String.format(point < 0x100 ? "%02x" : "%04x", point));
        } else {
            visible.appendCodePoint(point);
        }
    }

    private static boolean isHidden(int point) {
        boolean directionMark = point >= 0x202a && point <= 0x202e || point >= 0x2066 && point <= 0x2069;
        return directionMark || Character.isISOControl(point) && point != '\n' && point != '\t';
    }
}
