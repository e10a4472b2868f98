/** Passes that write a model out in operators that have a gradient: local functions, branches whose condition is constant, fused operators. */
@NullMarked
package dev.graft.training.expand;

import org.jspecify.annotations.NullMarked;
