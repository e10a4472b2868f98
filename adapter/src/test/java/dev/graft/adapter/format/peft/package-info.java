/** Tests of {@code dev.graft.adapter.format.peft}. */
@NullMarked
package dev.graft.adapter.format.peft;

import org.jspecify.annotations.NullMarked;
