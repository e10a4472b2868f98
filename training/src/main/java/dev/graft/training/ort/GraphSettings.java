package dev.graft.training.ort;

import dev.graft.runtime.session.Device;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a graph is loaded.
 *
 * @param device where it runs
 * @param threads threads that one operator may use; 0 for one per core
 * @param optimize whether ONNX Runtime may rewrite the graph
 * @param profile where to write a profile of every run
 */
public record GraphSettings(Device device, int threads, boolean optimize, Optional<Path> profile) {
    /** The processor, all cores, optimised. */
    public static final GraphSettings DEFAULT = new GraphSettings(Device.cpu(), 0, true, Optional.empty());

    /** The same on another device. */
    public GraphSettings on(Device other) {
        return new GraphSettings(other, threads, optimize, profile);
    }

    /** The same with another number of threads. */
    public GraphSettings withThreads(int count) {
        return new GraphSettings(device, count, optimize, profile);
    }

    /** The same with the graph run as it is written. */
    public GraphSettings withoutOptimization() {
        return new GraphSettings(device, threads, false, profile);
    }

    /** The same without a profile. */
    public GraphSettings withoutProfile() {
        return new GraphSettings(device, threads, optimize, Optional.empty());
    }

    /** The same with a profile. */
    public GraphSettings withProfile(Path prefix) {
        return new GraphSettings(device, threads, optimize, Optional.of(prefix));
    }
}
