/**
 * Merge: the base's files with the bytes of the target weights changed and nothing else.
 *
 * <p>{@link dev.graft.compiler.merge.MergePlan} says which block of which tensor gets which sum of changes; {@link
 * dev.graft.compiler.merge.Merger} streams the base's files to the output, chunk by chunk, computing changed chunks on the way, and publishes the output whole or not at
 * all. {@code W' = round(W + sum of s·B·A)}: products and sums in double in a fixed order, rounded once; the bytes are the same on every
 * machine and with any number of threads.
 */
@NullMarked
package dev.graft.compiler.merge;

import org.jspecify.annotations.NullMarked;
