/** Tests of how training graphs are put together. */
@NullMarked
package dev.graft.training.graph;

import org.jspecify.annotations.NullMarked;
