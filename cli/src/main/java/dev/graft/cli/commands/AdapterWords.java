package dev.graft.cli.commands;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.cli.command.Argument;
import dev.graft.cli.command.Invocation;
import dev.graft.cli.command.OptionDescription;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** The words with which every command names adapters and says what their files leave open. */
final class AdapterWords {
    /** The name of the argument. */
    static final String ADAPTER = "ADAPTER[@WEIGHT]";

    private static final String WHAT =
            "a PEFT folder, an .onnx_adapter or a loralib/kohya .safetensors; @0.5 takes half of it";
    private static final double LARGEST_ALPHA = 1e9;

    /** The options. */
    static final List<OptionDescription> OPTIONS = List.of(
            OptionDescription.flag("strict", "fail on a configuration key that Graft does not know"),
            OptionDescription.valued("alpha", "NUMBER", "alpha of a loralib file, which does not store it"),
            OptionDescription.valued(
                    "enable-lora", "true,false,...", "the trained groups of a loralib MergedLinear (q,k,v)"));

    private AdapterWords() {}

    /** One adapter or more. */
    static Argument oneOrMore() {
        return Argument.oneOrMore(ADAPTER, WHAT);
    }

    /** Any number of adapters. */
    static Argument any() {
        return Argument.any(ADAPTER, WHAT);
    }

    /** Reads the adapters that the command line names. */
    static List<WeightedAdapter> read(Invocation invocation) {
        return read(invocation, invocation.arguments(ADAPTER));
    }

    /** Reads adapters from words. */
    static List<WeightedAdapter> read(Invocation invocation, List<String> words) {
        ReadOptions options = readOptions(invocation);
        return words.stream()
                .map(word -> AdapterWord.parse(word, invocation::toPath))
                .map(word -> new WeightedAdapter(AdapterFiles.readAdapter(word.path(), options), word.weight()))
                .peek(read -> warn(invocation, read.adapter()))
                .toList();
    }

    /** Reads one adapter. */
    static Adapter read(Invocation invocation, Path path) {
        Adapter adapter = AdapterFiles.readAdapter(path, readOptions(invocation));
        warn(invocation, adapter);
        return adapter;
    }

    /** What the options say. */
    static ReadOptions readOptions(Invocation invocation) {
        OptionalDouble alpha = invocation.has("alpha")
                ? OptionalDouble.of(invocation.doubleOption("alpha", 0, -LARGEST_ALPHA, LARGEST_ALPHA))
                : OptionalDouble.empty();
        List<Boolean> groups = invocation
                .option("enable-lora")
                .map(text -> Stream.of(text.split(",", -1))
                        .map(word -> flag(invocation, word))
                        .toList())
                .orElse(List.of());
        return new ReadOptions(invocation.has("strict"), alpha, groups);
    }

    private static void warn(Invocation invocation, Adapter adapter) {
        adapter.warnings().forEach(warning -> invocation.console().warn(adapter.name() + ": " + warning));
    }

    private static boolean flag(Invocation invocation, String word) {
        String trimmed = word.strip();
        if (!trimmed.equals("true") && !trimmed.equals("false")) {
            throw invocation.usageError(
                    "--enable-lora: expected true or false, separated by commas, got '" + word + "'");
        }
        return trimmed.equals("true");
    }
}
