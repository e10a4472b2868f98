/** What {@code graft train} shows: a live line, log lines, a page with the course of the loss, and a word where it is stopped before it begins. */
@NullMarked
package dev.graft.cli.train;

import org.jspecify.annotations.NullMarked;
