package dev.graft.runtime.generate.chat.jinja.value;

import java.util.Iterator;

/** Python's generator: items that can be read once, and have no length. */
public record Once(Iterator<Object> items) {}
