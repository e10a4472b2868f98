/** Tests of {@code dev.graft.error}. */
@NullMarked
package dev.graft.error;

import org.jspecify.annotations.NullMarked;
