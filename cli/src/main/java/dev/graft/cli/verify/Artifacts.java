package dev.graft.cli.verify;

/** What artifacts are called in checks, tables and reports. */
final class Artifacts {
    static final String BASE = "base";
    static final String MERGED = "merged";
    static final String ATTACHED = "attached";

    private Artifacts() {}
}
