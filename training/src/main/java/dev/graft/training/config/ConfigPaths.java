package dev.graft.training.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Makes paths of texts, relative to a folder. */
record ConfigPaths(ConfigSource source, Path folder) {
    Path resolve(String key, String text) {
        try {
            return folder.resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw source.invalid(key, "expected " + key + " to be a path, got '" + text + "'", "Correct the value.");
        }
    }
}
