/** Files written whole or not at all, and the progress of long work. */
@NullMarked
package dev.graft.io;

import org.jspecify.annotations.NullMarked;
