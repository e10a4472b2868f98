package dev.graft.cli.command;

import dev.graft.error.GraftException;
import dev.graft.error.Location;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --json} prints for an error.
 *
 * @param error what is wrong
 */
record ErrorDocument(Body error) {
    /**
     * The error.
     *
     * @param code its stable name
     * @param message expected and got
     * @param location where
     * @param remedy what to do; may be empty
     * @param exitCode what the process exits with
     */
    record Body(String code, String message, Place location, String remedy, int exitCode) {}

    /**
     * Where it is, as far as it is known.
     *
     * @param file the file, or null
     * @param offset the byte in it, or null
     * @param line the line in it, or null
     * @param tensor the tensor, or null
     * @param node the node, or null
     */
    record Place(
            @Nullable String file,
            @Nullable Long offset,
            @Nullable Long line,
            @Nullable String tensor,
            @Nullable String node) {}

    static ErrorDocument of(GraftException error) {
        Location at = error.location();
        Place place = new Place(
                at.file() == null ? null : at.file().toString(),
                at.offset() < 0 ? null : at.offset(),
                at.line() < 0 ? null : at.line(),
                at.tensor(),
                at.node());
        String message = error.getMessage() == null ? "" : error.getMessage();
        return new ErrorDocument(new Body(
                error.code().name(),
                message,
                place,
                error.remedy(),
                error.code().category().exitCode()));
    }
}
