package dev.graft.runtime.session;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a model is opened.
 *
 * @param device where it runs
 * @param intraOpThreads threads that one operator may use; 0 lets ONNX Runtime take one per core
 * @param optimize whether ONNX Runtime rewrites the graph (all levels) or runs it node by node as it is written
 * @param configEntries ONNX Runtime's session configuration, such as {@code session.disable_prepacking}; it ignores keys that it does
 *     not know
 */
public record SessionSettings(Device device, int intraOpThreads, boolean optimize, Map<String, String> configEntries) {
    /** The processor, all cores, optimised. */
    public static final SessionSettings DEFAULT = new SessionSettings(Device.cpu(), 0, true, Map.of());

    public SessionSettings {
        if (intraOpThreads < 0) {
            throw new IllegalArgumentException("negative thread count " + intraOpThreads);
        }
        configEntries = Map.copyOf(configEntries);
    }

    /** The same on another device. */
    public SessionSettings on(Device newDevice) {
        return new SessionSettings(newDevice, intraOpThreads, optimize, configEntries);
    }

    /** The same with another number of threads per operator. */
    public SessionSettings withIntraOpThreads(int threads) {
        return new SessionSettings(device, threads, optimize, configEntries);
    }

    /** The same with the graph run as it is written. */
    public SessionSettings withoutOptimization() {
        return new SessionSettings(device, intraOpThreads, false, configEntries);
    }

    /** The same with one more configuration entry. */
    public SessionSettings with(String key, String value) {
        Map<String, String> entries = new LinkedHashMap<>(configEntries);
        entries.put(key, value);
        return new SessionSettings(device, intraOpThreads, optimize, entries);
    }
}
