package dev.graft.io;

/** Is told how far long work has come; safe to call from several threads. */
public interface Progress {
    /** Says nothing. */
    Progress NONE = new Progress() {
        @Override
        public void begin(String task, long total) {}

        @Override
        public void advance(long amount) {}

        @Override
        public void end() {}
    };

    /** Work begins: a few words, and its size in bytes or steps. */
    void begin(String task, long total);

    /** So much more is done. */
    void advance(long amount);

    /** The work is done. */
    void end();
}
