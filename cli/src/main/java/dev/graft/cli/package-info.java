/** The {@code graft} command: the only place that prints, exits and chooses a device. */
@NullMarked
package dev.graft.cli;

import org.jspecify.annotations.NullMarked;
