/**
 * The pages that Graft writes: each one HTML file that needs no network and no other file.
 *
 * <p>{@code shell.html}, {@code page.css} and {@code plots.js} are what all pages share. A page adds its content, {@code NAME.html}
 * with {@code {{name}}} places, and what it draws, {@code NAME.js}; {@link dev.graft.cli.report.PageTemplate} puts them together.
 * Every text that comes from a file goes through {@link dev.graft.cli.report.Html#escape}, and the shell's own policy forbids a
 * page to load or send anything.
 */
@NullMarked
package dev.graft.cli.report;

import org.jspecify.annotations.NullMarked;
