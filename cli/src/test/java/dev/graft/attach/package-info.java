/**
 * What attached models compute: they run in ONNX Runtime here, which the compiler's own tests never see.
 */
@NullMarked
package dev.graft.attach;

import org.jspecify.annotations.NullMarked;
