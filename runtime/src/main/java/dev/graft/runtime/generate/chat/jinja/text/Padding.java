package dev.graft.runtime.generate.chat.jinja.text;

/** Texts made as wide as wanted. */
public final class Padding {
    private Padding() {}

    /** A text filled up by the method of str with that name, such as {@code ljust}. */
    public static String filled(String text, String name, long width, String fill) {
        int missing = (int) Math.max(0, width - Characters.length(text));
        return switch (name) {
            case "ljust" -> text + fill.repeat(missing);
            case "center" -> centered(text, missing, width, fill);
            case "zfill" ->
                signed(text)
                        + fill.repeat(missing)
                        + text.substring(signed(text).length());
            default -> fill.repeat(missing) + text;
        };
    }

    private static String centered(String text, int missing, long width, String fill) {
        // Python puts the odd one on the left of an odd width.
        int left = missing / 2 + (int) (missing & width & 1);
        return fill.repeat(left) + text + fill.repeat(missing - left);
    }

    private static String signed(String text) {
        return text.startsWith("-") || text.startsWith("+") ? text.substring(0, 1) : "";
    }
}
