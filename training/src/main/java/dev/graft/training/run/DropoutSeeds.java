package dev.graft.training.run;

import dev.graft.training.run.checkpoint.Position;

/** A seed for each micro-batch of a run, which follows from the run's seed and the place alone. */
final class DropoutSeeds {
    private DropoutSeeds() {}

    static long of(long runSeed, Position position) {
        return mixed(mixed(mixed(runSeed) + position.step()) + position.accumulated());
    }

    /** Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators: the step and finalizer of SplitMix64. */
    private static long mixed(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
