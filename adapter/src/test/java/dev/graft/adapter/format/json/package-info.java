/** Tests of {@code dev.graft.adapter.format.json}. */
@NullMarked
package dev.graft.adapter.format.json;

import org.jspecify.annotations.NullMarked;
