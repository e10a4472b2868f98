/** Merging: kernels against independent sums, plans and refusals, whole files, processes that die, timings. */
@NullMarked
package dev.graft.compiler.merge;

import org.jspecify.annotations.NullMarked;
