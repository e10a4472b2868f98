/** Tests of what is known of a model's values before it runs. */
@NullMarked
package dev.graft.training.types;

import org.jspecify.annotations.NullMarked;
