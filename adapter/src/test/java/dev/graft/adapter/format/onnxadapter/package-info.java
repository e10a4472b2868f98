/** Tests of {@code dev.graft.adapter.format.onnxadapter}. */
@NullMarked
package dev.graft.adapter.format.onnxadapter;

import org.jspecify.annotations.NullMarked;
