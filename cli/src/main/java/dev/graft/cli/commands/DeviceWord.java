package dev.graft.cli.commands;

import dev.graft.cli.command.Invocation;
import dev.graft.cli.command.OptionDescription;
import dev.graft.runtime.session.Device;

/** The option that chooses a device. */
final class DeviceWord {
    static final OptionDescription OPTION =
            OptionDescription.valued("device", "NAME", "where it runs: cpu or cuda (default: cpu)");

    private DeviceWord() {}

    static Device of(Invocation invocation) {
        String name = invocation.option("device").orElse("cpu");
        return switch (name) {
            case "cpu" -> Device.cpu();
            case "cuda" -> Device.cuda(0);
            default -> throw invocation.usageError("--device: expected cpu or cuda, got '" + name + "'");
        };
    }
}
