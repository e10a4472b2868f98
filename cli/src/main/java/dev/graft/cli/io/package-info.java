/** Folders that commands need for a while. */
@NullMarked
package dev.graft.cli.io;

import org.jspecify.annotations.NullMarked;
