@NullMarked
package dev.graft.training.run.tensorboard;

import org.jspecify.annotations.NullMarked;
