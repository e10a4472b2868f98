/** Tests of {@code dev.graft.adapter}. */
@NullMarked
package dev.graft.adapter;

import org.jspecify.annotations.NullMarked;
