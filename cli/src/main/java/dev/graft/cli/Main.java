package dev.graft.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.graft.cli.command.CommandRunner;
import dev.graft.cli.command.Interruption;
import dev.graft.cli.command.Terminal;
import dev.graft.cli.command.Version;
import dev.graft.cli.commands.Commands;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.List;

/** The {@code graft} command. */
public final class Main {
    private Main() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Interruption.expect();
        System.exit(run(arguments, utf8(FileDescriptor.out), utf8(FileDescriptor.err)));
    }

    static int run(String[] arguments, PrintStream results, PrintStream messages) {
        return new CommandRunner(Commands.all(), Version::current, results, messages, Terminal.ofProcess())
                .run(List.of(arguments));
    }

    /** Names in models are UTF-8, and so is JSON, whatever the locale says. */
    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, UTF_8);
    }
}
