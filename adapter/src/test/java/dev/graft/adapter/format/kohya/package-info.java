/** Tests of {@code dev.graft.adapter.format.kohya}. */
@NullMarked
package dev.graft.adapter.format.kohya;

import org.jspecify.annotations.NullMarked;
