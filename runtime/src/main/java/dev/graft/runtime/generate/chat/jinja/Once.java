package dev.graft.runtime.generate.chat.jinja;

import java.util.Iterator;

/** Python's generator: items that can be read once, and have no length. */
record Once(Iterator<Object> items) {}
