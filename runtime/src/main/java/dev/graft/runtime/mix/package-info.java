/**
 * Several adapters as one: {@link dev.graft.runtime.mix.AdapterMix} says which and how much of each, and adds them up exactly.
 */
@NullMarked
package dev.graft.runtime.mix;

import org.jspecify.annotations.NullMarked;
