/** Runs models on ONNX Runtime, with adapters that are switched while a session is loaded. */
@NullMarked
package dev.graft.runtime;

import org.jspecify.annotations.NullMarked;
