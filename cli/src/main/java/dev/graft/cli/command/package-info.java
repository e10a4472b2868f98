/**
 * What every command shares, so that a command is one file that says what it is and does.
 *
 * <p>To add a command: implement {@link dev.graft.cli.command.Command}, describe its words in a {@link
 * dev.graft.cli.command.CommandDescription}, and enter it in {@code dev.graft.cli.commands.Commands}. Help pages, checks of
 * the command line, suggestions for misspelt words, {@code --json}, {@code --quiet}, {@code --debug}, exit codes and progress
 * come from here:
 *
 * <pre>
 * words -> ArgumentParser -> Invocation -> Command.run -> results on stdout, everything else on stderr, exit code
 * </pre>
 *
 * <p>A result that cannot be written is an error. {@link dev.graft.cli.command.Interruption} makes the end of the process a tidy one, whatever signal brings it.
 *
 * <p>A test fails for a command without a summary, a description of each word, or an example. Descriptions are made at every
 * start, so they must not touch classes that are slow to load; a command's work may.
 */
@NullMarked
package dev.graft.cli.command;

import org.jspecify.annotations.NullMarked;
