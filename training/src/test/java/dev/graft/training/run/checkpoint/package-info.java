@NullMarked
package dev.graft.training.run.checkpoint;

import org.jspecify.annotations.NullMarked;
