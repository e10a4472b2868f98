/** What commands need for a while: temporary folders, and adapters as ONNX Runtime wants them. */
@NullMarked
package dev.graft.cli.io;

import org.jspecify.annotations.NullMarked;
