package dev.graft.compiler.attach;

import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ValueIndex;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The branches that a model holds already: Graft's, or those of Olive and onnxruntime-genai's builder, which give tensors the same names. */
public final class AttachedBranches {
    private static final Pattern TENSOR =
            Pattern.compile("(.+)\\.lora_(?:[AB](?:\\.MatMul)?|delta|magnitude|gain)\\.weight.*");

    private AttachedBranches() {}

    /** A module that has a branch, if there is one. */
    public static Optional<String> first(ModelIndex model) {
        Stream<String> inputs = model.graph().inputs().stream().map(ValueIndex::name);
        Stream<String> stored = model.graph().initializers().keySet().stream();
        return Stream.concat(inputs, stored)
                .map(TENSOR::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .findFirst();
    }
}
