/** What is known of every value of a model, from ONNX Runtime's own inference. */
@NullMarked
package dev.graft.training.types;

import org.jspecify.annotations.NullMarked;
