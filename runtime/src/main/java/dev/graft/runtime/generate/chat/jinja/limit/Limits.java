package dev.graft.runtime.generate.chat.jinja.limit;

/** How much a template may ask for; it comes from a stranger. */
public final class Limits {
    /** Characters of a template. */
    public static final int SOURCE = 1 << 20;

    /** Characters of a text, be it the output or a string on the way. */
    public static final int TEXT = 1 << 22;

    /** Steps of a rendering: an expression, an item of a loop, and every {@link #CHARACTERS_PER_STEP} characters that are read or made. */
    public static final int STEPS = 2_000_000;

    /** Characters that cost as much as an expression does. */
    public static final int CHARACTERS_PER_STEP = 32;

    /** Characters that cost as much where each is looked at, and not just copied or compared. */
    public static final int EXAMINED_PER_STEP = 8;

    /** Characters that adding a text to another costs, however short it is. */
    public static final int CHARACTERS_PER_PIECE = 8;

    /** How deep parentheses, blocks and data may be nested. */
    public static final int NESTING = 200;

    /** How deep evaluation may go, an expression in an expression, a call in a call. */
    public static final int RECURSION = 500;

    /** The longest {@code range}, as in Jinja's sandbox, and the longest list. */
    public static final int ITEMS = 100_000;

    /** Characters compared with characters, when a text is looked for in a text, that cost as much as an expression does. */
    public static final int COMPARISONS_PER_STEP = 64;

    /** Steps of a float that is written: its digits are those of a number with up to 1074 places behind the point. */
    public static final int FLOAT_STEPS = 100;

    /** Scopes around scopes in which a name is looked for, that cost as much as an expression does. */
    public static final int SCOPES_PER_STEP = 16;

    /** Characters of a name. */
    public static final int NAME = 256;

    /** Arguments of a call by name, and parameters of a macro. */
    public static final int PARAMETERS = 250;

    /** Digits behind the point. */
    public static final int PRECISION = 1000;

    private Limits() {}
}
