package dev.graft.compiler.ir;

import com.google.protobuf.MessageLite;

/**
 * What a message holds beyond the editable model's words: unknown fields, doc strings, presence of empty fields. Only the reader
 * makes it and only the writer looks into it.
 */
record Unmodelled(MessageLite message) {}
