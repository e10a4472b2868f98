@NullMarked
package dev.graft.training.run.plan;

import org.jspecify.annotations.NullMarked;
