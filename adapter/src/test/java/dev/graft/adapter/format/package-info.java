/** Tests of {@code dev.graft.adapter.format}. */
@NullMarked
package dev.graft.adapter.format;

import org.jspecify.annotations.NullMarked;
