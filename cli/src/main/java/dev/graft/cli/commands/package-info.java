/**
 * The commands: one file each, entered in {@link dev.graft.cli.commands.Commands}. A command reads its words, calls the
 * libraries and prints; what is longer than that has a package of its own ({@code inspect}, {@code verify}, {@code report},
 * {@code bench}, {@code demo}).
 */
@NullMarked
package dev.graft.cli.commands;

import org.jspecify.annotations.NullMarked;
