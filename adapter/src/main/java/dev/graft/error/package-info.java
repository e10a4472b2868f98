/**
 * The one error type of Graft.
 *
 * <p>Whatever a user's file, option or environment can cause is a {@link dev.graft.error.GraftException}: a stable {@link
 * dev.graft.error.ErrorCode}, a message that says what was expected and what was got, a {@link dev.graft.error.Location}
 * and a remedy. Every code has an entry of the same name in {@code docs/troubleshooting.md} and a test that provokes it.
 */
@NullMarked
package dev.graft.error;

import org.jspecify.annotations.NullMarked;
