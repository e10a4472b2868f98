/**
 * The page behind {@code --report}: one HTML file that needs no network and no other file.
 *
 * <p>{@code report.html} is a template with {@code {{name}}} places; {@link dev.graft.cli.report.HtmlReport} fills them. Every
 * text that comes from a file goes through {@link dev.graft.cli.report.Html#escape}, and the page's own policy forbids it to load
 * or send anything.
 */
@NullMarked
package dev.graft.cli.report;

import org.jspecify.annotations.NullMarked;
