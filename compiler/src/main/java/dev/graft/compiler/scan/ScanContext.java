package dev.graft.compiler.scan;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** What the readers of one file share. */
final class ScanContext {
    final WireReader reader;
    final ExternalData external;
    final List<String> warnings = new ArrayList<>();

    /** The overload that a node calls, for the few nodes that name one. */
    final IdentityHashMap<NodeIndex, String> overloads = new IdentityHashMap<>();

    ScanContext(WireReader reader, ExternalData external) {
        this.reader = reader;
        this.external = external;
    }

    void warn(String warning) {
        if (!warnings.contains(warning) && warnings.size() < 100) {
            warnings.add(warning);
        }
    }

    /** Reads a StringStringEntryProto into a map. */
    void readEntry(int wire, Map<String, String> target) {
        String[] entry = readEntry(wire);
        target.put(entry[0], entry[1]);
    }

    /** Reads a StringStringEntryProto: key and value. */
    String[] readEntry(int wire) {
        String[] entry = {"", ""};
        reader.readMessage(wire, (field, type) -> {
            switch (field) {
                case 1 -> entry[0] = reader.readString(type);
                case 2 -> entry[1] = reader.readText(type).orElse("");
                default -> reader.skip(type);
            }
        });
        return entry;
    }
}
