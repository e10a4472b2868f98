package dev.graft.runtime.generate.chat.jinja;

import java.util.List;

/** What {@code keys()}, {@code values()} and {@code items()} of a dict give: a length, but no places. */
record DictView(String kind, List<Object> items) {}
