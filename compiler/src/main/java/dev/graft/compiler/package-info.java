/** Turns an ONNX file and adapters into an ONNX file: scan, resolve, merge, attach. */
@NullMarked
package dev.graft.compiler;

import org.jspecify.annotations.NullMarked;
