package dev.graft.runtime.session;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which of a model's inputs a tensor of an adapter is for. */
public final class InputNames {
    private InputNames() {}

    /** The input of that name, or else the only one that differs from it by what a wrapper, in training or at export, put in front of all names of one side. */
    public static Optional<String> of(String tensor, Set<String> inputs) {
        if (inputs.contains(tensor)) {
            return Optional.of(tensor);
        }
        List<String> alike = inputs.stream()
                .filter(input -> input.endsWith("." + tensor) || tensor.endsWith("." + input))
                .toList();
        return alike.size() == 1 ? Optional.of(alike.get(0)) : Optional.empty();
    }
}
