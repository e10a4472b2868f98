package dev.graft.cli.commands;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.cli.command.Invocation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code [NAME=]ADAPTER[@WEIGHT]} as written on the command line; without a name, the file's own without its ending counts, or the path where that is taken. */
final class NamedAdapterWords {
    private static final Pattern NAMED = Pattern.compile("([\\p{L}\\p{N}_.-]+)=(.+)", Pattern.DOTALL);
    private static final Pattern ENDING = Pattern.compile("\\.(onnx_adapter|safetensors)$");

    private NamedAdapterWords() {}

    /** The adapters by name, in the order in which they are given. */
    static Map<String, WeightedAdapter> read(Invocation invocation) {
        Map<String, WeightedAdapter> adapters = new LinkedHashMap<>();
        for (String word : invocation.options("adapter")) {
            Matcher named = NAMED.matcher(word);
            // a path may hold an = itself
            boolean hasName = named.matches()
                    && !Files.exists(AdapterWord.parse(word, invocation::toPath).path());
            String path = hasName ? named.group(2) : word;
            String name = hasName
                    ? named.group(1)
                    : stem(AdapterWord.parse(path, invocation::toPath).path());
            String free = hasName || !adapters.containsKey(name) ? name : path;
            if (adapters.put(free, AdapterWords.read(invocation, List.of(path)).get(0)) != null) {
                throw invocation.usageError("two adapters are called '" + free + "': write --adapter NAME=" + path);
            }
        }
        return adapters;
    }

    /** How much of each was asked for. */
    static Map<String, Double> weights(Map<String, WeightedAdapter> adapters) {
        Map<String, Double> weights = new LinkedHashMap<>();
        adapters.forEach((name, adapter) -> weights.put(name, adapter.weight()));
        return weights;
    }

    private static String stem(Path path) {
        Path name = path.toAbsolutePath().normalize().getFileName();
        return name == null ? "adapter" : ENDING.matcher(name.toString()).replaceFirst("");
    }
}
