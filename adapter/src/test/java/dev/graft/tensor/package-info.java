/** Tests of {@code dev.graft.tensor}. */
@NullMarked
package dev.graft.tensor;

import org.jspecify.annotations.NullMarked;
