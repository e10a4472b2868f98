package dev.graft.runtime.adapters;

/**
 * An adapter under a name, from when it was put there until it is replaced or removed. Compared by identity: what is put again is another one.
 */
final class Registration {
    private final String name;
    private final AdapterSource source;
    private volatile boolean pinned;
    private volatile boolean withdrawn;

    Registration(String name, AdapterSource source, boolean pinned) {
        this.name = name;
        this.source = source;
        this.pinned = pinned;
    }

    String name() {
        return name;
    }

    AdapterSource source() {
        return source;
    }

    boolean pinned() {
        return pinned;
    }

    void pin(boolean keep) {
        pinned = keep;
    }

    /** It was replaced or removed: whoever has it may go on, but it is not kept any longer. */
    void withdraw() {
        withdrawn = true;
    }

    boolean withdrawn() {
        return withdrawn;
    }
}
