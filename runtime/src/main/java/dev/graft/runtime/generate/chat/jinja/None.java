package dev.graft.runtime.generate.chat.jinja;

/** Python's none, so that no value within a template is a null of Java. */
enum None {
    NONE
}
