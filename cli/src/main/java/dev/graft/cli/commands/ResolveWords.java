package dev.graft.cli.commands;

import dev.graft.cli.command.Invocation;
import dev.graft.cli.command.OptionDescription;
import dev.graft.compiler.resolve.MapFile;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.io.OutputTransaction;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The words that settle where an adapter's modules are in a model. */
final class ResolveWords {
    /** The options. */
    static final List<OptionDescription> OPTIONS = List.of(
            OptionDescription.valued("map", "FILE", "lines of 'module = node or weight name'; wins over every rule"),
            OptionDescription.valued(
                    "base-weights", "FILE", "the base checkpoint's .safetensors: matches and orientation by value"));

    private ResolveWords() {}

    /** What the options say; what they name must be there, also where nothing is left to resolve. */
    static ResolveOptions read(Invocation invocation) {
        Map<String, String> map =
                invocation.pathOption("map").map(MapFile::read).orElse(Map.of());
        return new ResolveOptions(map, invocation.existingPathOption("base-weights"));
    }

    /** What the options name is read, so it cannot be what is written. */
    static void refuseAsOutput(Invocation invocation, Path output) {
        invocation.pathOption("map").ifPresent(map -> OutputTransaction.refuse(output, List.of(map)));
        invocation.pathOption("base-weights").ifPresent(weights -> OutputTransaction.refuse(output, List.of(weights)));
    }
}
