/**
 * The file index: where every tensor of an ONNX model lies, byte by byte, without loading it.
 *
 * <p>{@link dev.graft.compiler.scan.ModelScanner} walks the protobuf wire format once, skips over weights, and returns a
 * {@link dev.graft.compiler.scan.ModelIndex}:
 *
 * <pre>
 * ModelIndex    = header GraphIndex FunctionIndex*
 * GraphIndex    = name NodeIndex* TensorIndex* (initializers) ValueIndex* (inputs, outputs, value_info)
 * NodeIndex     = domain opType name inputs outputs AttributeIndex* metadata
 * AttributeIndex= int | float | string | ints | tensor TensorIndex | graph GraphIndex | other
 * TensorIndex   = name dtype shape TensorStorage
 * TensorStorage = inline run* | external file offset length | packed (values in another encoding)
 * </pre>
 *
 * Memory is bounded by the number of nodes, not by the weights. Every length is checked against the file before it is used,
 * nesting is limited, and external data must lie in a regular file inside the model's folder.
 */
@NullMarked
package dev.graft.compiler.scan;

import org.jspecify.annotations.NullMarked;
