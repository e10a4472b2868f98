package dev.graft.training.graph;

import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/**
 * What is trained.
 *
 * @param modules {@link dev.graft.compiler.attach.Slots#ALL_LINEAR}, or a regular expression for module paths
 * @param rank of a module
 * @param scaling of a module: alpha over rank, or over its root
 * @param dropout the fraction of a branch's input that is dropped in training
 */
public record TrainingTarget(
        String modules, ToIntFunction<String> rank, ToDoubleFunction<String> scaling, double dropout) {
    /** The same rank and scaling for all modules, without dropout. */
    public static TrainingTarget of(String modules, int rank, double scaling) {
        return new TrainingTarget(modules, module -> rank, module -> scaling, 0);
    }
}
