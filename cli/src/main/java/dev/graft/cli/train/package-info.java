/** What {@code graft train} shows: a live line, log lines, and a page with the course of the loss. */
@NullMarked
package dev.graft.cli.train;

import org.jspecify.annotations.NullMarked;
