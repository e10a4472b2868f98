/** Tests of {@code dev.graft.adapter.format.safetensors}. */
@NullMarked
package dev.graft.adapter.format.safetensors;

import org.jspecify.annotations.NullMarked;
