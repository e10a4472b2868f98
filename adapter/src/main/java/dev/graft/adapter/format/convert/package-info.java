/**
 * From one adapter format to another.
 *
 * <p>PEFT keeps scalings as they are (alpha / r per module); an {@code .onnx_adapter} has none, so there s·B is computed in
 * double and rounded once to B's type. What a format has no words for is refused, never left out.
 */
@NullMarked
package dev.graft.adapter.format.convert;

import org.jspecify.annotations.NullMarked;
