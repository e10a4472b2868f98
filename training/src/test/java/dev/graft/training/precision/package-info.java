/** Which nodes compute in 16 bits, and what becomes of those that a device has no kernel for. */
@NullMarked
package dev.graft.training.precision;

import org.jspecify.annotations.NullMarked;
