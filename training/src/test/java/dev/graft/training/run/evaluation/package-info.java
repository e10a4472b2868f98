@NullMarked
package dev.graft.training.run.evaluation;

import org.jspecify.annotations.NullMarked;
