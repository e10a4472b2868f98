package dev.graft.runtime.generate.chat.jinja.value;

/** Python's none, so that no value within a template is a null of Java. */
public enum None {
    NONE
}
