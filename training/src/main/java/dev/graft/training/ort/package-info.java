/**
 * Graphs that were built in memory, on ONNX Runtime.
 *
 * <p>An {@link dev.graft.training.ort.OrtGraph} is made from an editable model; weights that lie in the base's files are mapped from
 * there, so that a training graph over a large base costs no copy of it.
 */
@NullMarked
package dev.graft.training.ort;

import org.jspecify.annotations.NullMarked;
