package dev.graft.cli.commands;

import dev.graft.cli.command.Command;
import java.util.List;

/** All commands, in the order in which help lists them. */
public final class Commands {
    private Commands() {}

    /** A new command is one more entry here. */
    public static List<Command> all() {
        return List.of(
                new InspectCommand(),
                new MergeCommand(),
                new AttachCommand(),
                new VerifyCommand(),
                new ConvertCommand(),
                new TrainCommand(),
                new GenerateCommand(),
                new BenchCommand(),
                new DemoCommand());
    }
}
