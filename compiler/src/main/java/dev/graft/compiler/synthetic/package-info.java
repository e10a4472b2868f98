/** Models and adapters of any size, made up on the spot: for benchmarks and tests that need gigabytes, not meaning. */
@NullMarked
package dev.graft.compiler.synthetic;

import org.jspecify.annotations.NullMarked;
