package dev.graft.training.config;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where each key of a configuration was set, so that whoever finds a value impossible can say so at its line. */
public final class ConfigSource {
    private final Path file;
    private final Map<String, Setting> settings;

    private ConfigSource(Path file, Map<String, Setting> settings) {
        this.file = file;
        this.settings = Collections.unmodifiableMap(settings);
    }

    /** The keys of a file, with {@code key=value} texts that replace or add some; the last one of a key counts. */
    static ConfigSource read(Path file, List<String> overrides) {
        Map<String, Setting> settings = new LinkedHashMap<>(YamlFile.read(file));
        for (String override : overrides) {
            int equals = override.indexOf('=');
            String key = override.substring(0, Math.max(0, equals)).strip();
            if (key.isEmpty()) {
                throw new GraftException(
                        ErrorCode.TRAINING_CONFIG_INVALID,
                        "expected --set key=value, got '" + override + "'",
                        Location.NONE,
                        "For example --set learning_rate=1e-4.");
            }
            settings.put(key, new Setting(YamlFile.readValue(key, override.substring(equals + 1)), -1));
        }
        return new ConfigSource(file, settings);
    }

    /** Keys with texts, of no file. */
    static ConfigSource ofTexts(Map<String, String> texts) {
        Map<String, Setting> settings = new LinkedHashMap<>();
        texts.forEach((key, text) -> settings.put(key, new Setting(new YamlValue.Scalar(text, true), -1)));
        return new ConfigSource(Path.of(""), settings);
    }

    /** The file. */
    public Path file() {
        return file;
    }

    /** The keys that are set, in the order of the file, those of {@code --set} behind. */
    public Set<String> keys() {
        return settings.keySet();
    }

    /** An error about a key: at its line, or about {@code --set} where it comes from there. */
    public GraftException invalid(String key, String message, String remedy) {
        Setting setting = settings.get(key);
        boolean overridden = setting != null && setting.line() < 0;
        String named = message.startsWith(key + ": ") ? message : key + ": " + message;
        return new GraftException(
                ErrorCode.TRAINING_CONFIG_INVALID,
                overridden ? "--set " + named : message,
                overridden ? Location.NONE : Location.ofLine(file, setting == null ? -1 : setting.line()),
                remedy);
    }

    /** The value of a key, unless it is absent or null. */
    Optional<YamlValue> value(String key) {
        return Optional.ofNullable(settings.get(key)).map(Setting::value).filter(value -> !value.isNull());
    }
}
