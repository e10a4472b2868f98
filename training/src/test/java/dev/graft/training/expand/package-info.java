/** Expansions against the operators they replace, both on ONNX Runtime. */
@NullMarked
package dev.graft.training.expand;

import org.jspecify.annotations.NullMarked;
