/** Tests of training graphs on ONNX Runtime. */
@NullMarked
package dev.graft.training.engine;

import org.jspecify.annotations.NullMarked;
