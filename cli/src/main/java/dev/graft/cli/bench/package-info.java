/**
 * What {@code graft bench} measures; every figure is a ratio to something measured in the same run, because a time by itself says
 * more about the machine than about Graft.
 */
@NullMarked
package dev.graft.cli.bench;

import org.jspecify.annotations.NullMarked;
