/** Batched models end to end: attached by the compiler, run by the runtime. */
@NullMarked
package dev.graft.batched;

import org.jspecify.annotations.NullMarked;
