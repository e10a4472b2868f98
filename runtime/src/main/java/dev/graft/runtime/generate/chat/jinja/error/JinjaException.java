package dev.graft.runtime.generate.chat.jinja.error;

/** A template that cannot be read, that asks for what is not there or allowed, or that refuses a conversation itself. */
public final class JinjaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final boolean raised;

    private JinjaException(String message, int line, boolean raised) {
        super(message);
        this.line = line;
        this.raised = raised;
    }

    /** An error at a line. */
    public static JinjaException at(int line, String message) {
        return new JinjaException(message, line, false);
    }

    /** What values and filters throw; the line is added where it is known. */
    public static JinjaException of(String message) {
        return new JinjaException(message, 0, false);
    }

    /** What {@code raise_exception} throws. */
    public static JinjaException ofTemplate(String message) {
        return new JinjaException(message, 0, true);
    }

    /** The same at a line, unless it has one. */
    public JinjaException withLine(int known) {
        return line != 0 ? this : new JinjaException(getMessage(), known, raised);
    }

    /** The line of the template, from 1; 0 where it is unknown. */
    public int line() {
        return line;
    }

    /** Whether the template called {@code raise_exception}: its own words about the conversation. */
    public boolean isRaised() {
        return raised;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
