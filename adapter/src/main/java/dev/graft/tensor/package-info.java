/**
 * Numbers and where they lie: number formats, shapes, byte sources and tensors that are read piece by piece.
 *
 * <p>A {@link dev.graft.tensor.Tensor} never holds its values: it names a region of a {@link dev.graft.tensor.ByteSource}
 * and decodes a window of it to doubles when asked, so that the memory used is the caller's window and not the tensor.
 * All tensors here are dense, row-major and little-endian, as in safetensors and ONNX.
 */
@NullMarked
package dev.graft.tensor;

import org.jspecify.annotations.NullMarked;
