package dev.graft.compiler.resolve;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What the user adds to what the files say.
 *
 * @param map module path to node name or weight name, from {@code --map}; wins over every rule
 * @param baseWeights the base checkpoint ({@code --base-weights}), which settles matches and orientation by value
 */
public record ResolveOptions(Map<String, String> map, Optional<Path> baseWeights) {
    /** Nothing added. */
    public static final ResolveOptions DEFAULT = new ResolveOptions(Map.of(), Optional.empty());

    public ResolveOptions {
        map = Map.copyOf(map);
    }
}
