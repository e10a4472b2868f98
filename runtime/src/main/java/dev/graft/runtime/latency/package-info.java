/**
 * How long models take, against each other in one run.
 *
 * <p>{@link dev.graft.runtime.latency.LatencyBenchmark} runs its contenders in turn, so that a machine that gets slower gets slower for all of them, and
 * reports ratios to the first: a figure in milliseconds says more about the machine than about the model.
 */
@NullMarked
package dev.graft.runtime.latency;

import org.jspecify.annotations.NullMarked;
