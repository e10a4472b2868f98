package dev.graft.training.config;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.FileBytes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads a mapping of YAML from its events: no object is ever constructed, nothing is resolved or expanded.
 *
 * <p>Aliases and tags are refused, nesting and size are bounded.
 */
final class YamlFile {
    private static final int MAX_BYTES = 256 << 10;
    private static final int MAX_DEPTH = 8;
    private static final int MAX_KEYS = 2000;

    private final Malformed malformed;
    private final Iterator<Event> events;

    private YamlFile(Malformed malformed, String text) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel("configuration")
                .setCodePointLimit(MAX_BYTES)
                .build();
        this.malformed = malformed;
        this.events = new Parse(settings).parseString(text).iterator();
    }

    /** Makes the error about a problem in a line, which is -1 where none can be told. */
    private interface Malformed {
        GraftException error(String problem, long line);
    }

    /** The settings of a file, in its order. */
    static Map<String, Setting> read(Path file) {
        FileBytes bytes = FileBytes.of(file);
        if (bytes.size() > MAX_BYTES) {
            throw new GraftException(
                    ErrorCode.TRAINING_CONFIG_INVALID,
                    "expected a configuration of at most " + MAX_BYTES + " bytes, got " + bytes.size(),
                    Location.ofFile(file),
                    "Check that this is the right file.");
        }
        byte[] content = new byte[(int) bytes.size()];
        bytes.read(0, ByteBuffer.wrap(content));
        Malformed malformed = (problem, line) -> new GraftException(
                ErrorCode.TRAINING_CONFIG_INVALID,
                problem,
                Location.ofLine(file, line),
                "Write one key: value a line, as LLaMA-Factory's examples do.");
        return new YamlFile(malformed, Utf8Text.of(file, content)).readDocument();
    }

    /** One value, as {@code --set key=value} has it. */
    static YamlValue readValue(String key, String text) {
        Malformed malformed = (problem, line) -> new GraftException(
                ErrorCode.TRAINING_CONFIG_INVALID,
                "--set " + key + ": " + problem,
                Location.NONE,
                "Write the value as in the file, in quotes where it has special characters.");
        YamlFile yaml = new YamlFile(malformed, text);
        return yaml.guarded(() -> {
            yaml.next();
            Event start = yaml.next();
            if (start.getEventId() == Event.ID.StreamEnd) {
                return new YamlValue.Scalar("", true);
            }
            YamlValue value = yaml.value(yaml.next(), 0);
            yaml.expectEnd();
            return value;
        });
    }

    private Map<String, Setting> readDocument() {
        return guarded(() -> {
            next();
            if (next().getEventId() == Event.ID.StreamEnd) {
                throw malformed("the file is empty", -1);
            }
            Event root = next();
            if (root.getEventId() != Event.ID.MappingStart) {
                throw malformed("expected key: value lines", line(root));
            }
            Map<String, Setting> settings = readSettings();
            expectEnd();
            return settings;
        });
    }

    private Map<String, Setting> readSettings() {
        Map<String, Setting> settings = new LinkedHashMap<>();
        for (Event key = next(); key.getEventId() != Event.ID.MappingEnd; key = next()) {
            String name = readKey(key, 1);
            Setting setting = new Setting(value(next(), 1), line(key));
            Setting earlier = settings.put(name, setting);
            if (earlier != null) {
                throw malformed("the key '" + name + "' stands in line " + earlier.line() + " already", line(key));
            }
            if (settings.size() > MAX_KEYS) {
                throw malformed("more than " + MAX_KEYS + " keys", line(key));
            }
        }
        return settings;
    }

    private String readKey(Event key, int depth) {
        if (value(key, depth) instanceof YamlValue.Scalar scalar) {
            return scalar.text();
        }
        throw malformed("expected a key, got a list or mapping", line(key));
    }

    private YamlValue value(Event event, int depth) {
        if (depth > MAX_DEPTH) {
            throw malformed("nested deeper than " + MAX_DEPTH + " levels", line(event));
        }
        if (event instanceof AliasEvent) {
            throw malformed("aliases (*name) are not read here", line(event));
        }
        if (event instanceof ScalarEvent scalar) {
            refuseTag(scalar.getTag(), event);
            return new YamlValue.Scalar(scalar.getValue(), scalar.isPlain());
        }
        if (event instanceof CollectionStartEvent start) {
            refuseTag(start.getTag(), event);
        }
        return event.getEventId() == Event.ID.SequenceStart ? sequence(depth) : mapping(depth);
    }

    private YamlValue sequence(int depth) {
        List<YamlValue> items = new ArrayList<>();
        for (Event item = next(); item.getEventId() != Event.ID.SequenceEnd; item = next()) {
            items.add(value(item, depth + 1));
        }
        return new YamlValue.Sequence(items);
    }

    private YamlValue mapping(int depth) {
        Map<String, YamlValue> entries = new LinkedHashMap<>();
        for (Event key = next(); key.getEventId() != Event.ID.MappingEnd; key = next()) {
            String name = readKey(key, depth + 1);
            if (entries.put(name, value(next(), depth + 1)) != null) {
                throw malformed("the key '" + name + "' stands here twice", line(key));
            }
        }
        return new YamlValue.Mapping(entries);
    }

    private void refuseTag(Optional<String> tag, Event event) {
        if (tag.isPresent()) {
            throw malformed("tags (" + tag.get() + ") are not read here", line(event));
        }
    }

    private void expectEnd() {
        next();
        Event end = next();
        if (end.getEventId() != Event.ID.StreamEnd) {
            throw malformed("expected one document, got a second one", line(end));
        }
    }

    private Event next() {
        return events.next();
    }

    private interface Reading<T> {
        T run();
    }

    private <T> T guarded(Reading<T> reading) {
        try {
            return reading.run();
        } catch (MarkedYamlEngineException e) {
            long line = e.getProblemMark().map(mark -> mark.getLine() + 1L).orElse(-1L);
            throw malformed("not YAML: " + e.getProblem(), line);
        } catch (YamlEngineException e) {
            throw malformed("not YAML: " + e.getMessage(), -1);
        }
    }

    private static long line(Event event) {
        return event.getStartMark().map(mark -> mark.getLine() + 1L).orElse(-1L);
    }

    private GraftException malformed(String message, long line) {
        return malformed.error(message, line);
    }
}
