/** One program a file, each read from top to bottom. */
@NullMarked
package dev.graft.samples;

import org.jspecify.annotations.NullMarked;
