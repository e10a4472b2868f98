/**
 * JSON, read strictly: RFC 8259 and nothing more, every key once, bounded in size and depth, order kept.
 *
 * <p>{@link dev.graft.adapter.format.json.JsonFiles} gives a {@link dev.graft.adapter.format.json.JsonValue} tree for small
 * files such as {@code adapter_config.json}, and writes one as Python's {@code json.dump(indent=2)} does.
 */
@NullMarked
package dev.graft.adapter.format.json;

import org.jspecify.annotations.NullMarked;
