package dev.graft.error;

import org.jspecify.annotations.Nullable;

/** The one exception of Graft: what is wrong, where, and what to do about it. */
public final class GraftException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient Location location;
    private final String remedy;

    /**
     * Creates an error.
     *
     * @param message what was expected and what was got, without the place
     * @param remedy what the user can do, as a full sentence; empty where there is nothing
     */
    public GraftException(ErrorCode code, String message, Location location, String remedy) {
        this(code, message, location, remedy, null);
    }

    /** Creates an error that another one caused. */
    public GraftException(ErrorCode code, String message, Location location, String remedy, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.location = location;
        this.remedy = remedy;
    }

    /** The name of what is wrong. */
    public ErrorCode code() {
        return code;
    }

    /** Where it is wrong. */
    public Location location() {
        return location == null ? Location.NONE : location;
    }

    /** What to do about it; may be empty. */
    public String remedy() {
        return remedy;
    }

    /** Message, place, remedy and code as a person reads them, several lines. */
    public String describe() {
        StringBuilder text = new StringBuilder(getMessage());
        if (!location().isNone()) {
            text.append("\n  at: ").append(location());
        }
        if (!remedy.isEmpty()) {
            text.append("\n  try: ").append(remedy);
        }
        return text.append("\n  see: docs/troubleshooting.md#")
                .append(code.anchor())
                .toString();
    }
}
