package dev.graft.runtime.session;

/** A dimension of a model's input or output: a number, or a symbol. */
public sealed interface Dimension {
    /** A fixed length. */
    record Fixed(long length) implements Dimension {
        @Override
        public String toString() {
            return Long.toString(length);
        }
    }

    /** A length known at run time; the name is empty where the model gives none. */
    record Symbolic(String name) implements Dimension {
        @Override
        public String toString() {
            return name.isEmpty() ? "?" : name;
        }
    }
}
