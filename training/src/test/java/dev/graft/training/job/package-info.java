@NullMarked
package dev.graft.training.job;

import org.jspecify.annotations.NullMarked;
