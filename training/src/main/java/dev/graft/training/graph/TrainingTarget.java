package dev.graft.training.graph;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is trained.
 *
 * @param modules the modules that get a low-rank pair: {@link dev.graft.compiler.attach.Slots#ALL_LINEAR}, or a regular expression
 *     for module paths; empty for none
 * @param rank of a module's pair
 * @param scaling of a module's pair: alpha over rank, or over its root
 * @param dropout the fraction of a branch's input that is dropped in training
 * @param layers the numbers of the layers whose modules get a pair; empty for all
 * @param whole which modules' own weights and biases are trained, by their path
 * @param dora whether a module with a pair learns the magnitude of each output too
 * @param biases which of the base's biases are trained too
 * @param branchBias whether a module with a pair learns what is added to its bias, scaled as B is (PEFT's lora_bias)
 */
public record TrainingTarget(
        String modules,
        ToIntFunction<String> rank,
        ToDoubleFunction<String> scaling,
        double dropout,
        List<Integer> layers,
        Pattern whole,
        boolean dora,
        Biases biases,
        boolean branchBias) {
    private static final Pattern LAYER = Pattern.compile(".*?\\.[^.]*\\.(\\d{1,9})\\..*");

    /** No module at all. */
    public static final Pattern NONE = Pattern.compile("(?!)");

    /** Every module. */
    public static final Pattern ALL = Pattern.compile(".*");

    /** The same rank and scaling for all modules, without dropout. */
    public static TrainingTarget of(String modules, int rank, double scaling) {
        return of(modules, module -> rank, module -> scaling);
    }

    /** A rank and a scaling for each module, without dropout. */
    public static TrainingTarget of(String modules, ToIntFunction<String> rank, ToDoubleFunction<String> scaling) {
        return new TrainingTarget(modules, rank, scaling, 0, List.of(), NONE, false, Biases.NONE, false);
    }

    /** Whole weights only, no low-rank pairs. */
    public static TrainingTarget full() {
        return of("", 0, 0).withWhole(ALL);
    }

    /** The same with the weights of modules besides, each named by its path or the end of it. */
    public TrainingTarget withWhole(Pattern wholeModules) {
        return new TrainingTarget(modules, rank, scaling, dropout, layers, wholeModules, dora, biases, branchBias);
    }

    /** The same with dropout. */
    public TrainingTarget withDropout(double fraction) {
        return new TrainingTarget(modules, rank, scaling, fraction, layers, whole, dora, biases, branchBias);
    }

    /** The same in some layers only. */
    public TrainingTarget withLayers(List<Integer> numbers) {
        return new TrainingTarget(modules, rank, scaling, dropout, numbers, whole, dora, biases, branchBias);
    }

    /** The same with a magnitude of each output of a module with a pair. */
    public TrainingTarget withDora() {
        return new TrainingTarget(modules, rank, scaling, dropout, layers, whole, true, biases, branchBias);
    }

    /** The same with biases of the base. */
    public TrainingTarget withBiases(Biases which) {
        return new TrainingTarget(modules, rank, scaling, dropout, layers, whole, dora, which, branchBias);
    }

    /** The same with a bias in each branch. */
    public TrainingTarget withBranchBias() {
        return new TrainingTarget(modules, rank, scaling, dropout, layers, whole, dora, biases, true);
    }

    /** Whether a module is in one of the layers. */
    boolean takesLayerOf(String module) {
        OptionalInt layer = layerOf(module);
        return layers.isEmpty() || layer.isPresent() && layers.contains(layer.getAsInt());
    }

    /** The number of a module's layer, which is the first in its path, as for PEFT's layers_to_transform. */
    public static OptionalInt layerOf(String module) {
        Matcher matcher = LAYER.matcher(module);
        return matcher.matches() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
    }
}
