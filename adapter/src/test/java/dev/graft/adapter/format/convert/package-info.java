/** Tests of {@code dev.graft.adapter.format.convert}. */
@NullMarked
package dev.graft.adapter.format.convert;

import org.jspecify.annotations.NullMarked;
