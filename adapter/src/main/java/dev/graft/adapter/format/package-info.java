/**
 * Adapter files: one package per format, one place that tells formats apart.
 *
 * <p>{@link dev.graft.adapter.format.AdapterFiles} looks at a path and calls the reader of its format. A reader checks every
 * byte, uses every tensor or says which it did not, and returns an {@link dev.graft.adapter.Adapter}.
 */
@NullMarked
package dev.graft.adapter.format;

import org.jspecify.annotations.NullMarked;
