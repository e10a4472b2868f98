/** What differs between two models: in the graph, in words; in the weights, tensor by tensor. */
@NullMarked
package dev.graft.testkit.difference;

import org.jspecify.annotations.NullMarked;
