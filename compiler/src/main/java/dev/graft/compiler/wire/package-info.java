/**
 * Protobuf messages written by hand, field by field (protobuf.dev/programming-guides/encoding), for places that must decide over
 * every byte: splices into a model that otherwise stays as it is, and models too large to build as objects.
 */
@NullMarked
package dev.graft.compiler.wire;

import org.jspecify.annotations.NullMarked;
