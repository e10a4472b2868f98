/** Tiny ONNX models, written field by field, so that this module's tests need no protobuf. */
@NullMarked
package dev.graft.runtime.tiny;

import org.jspecify.annotations.NullMarked;
