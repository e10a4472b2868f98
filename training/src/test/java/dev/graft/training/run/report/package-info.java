@NullMarked
package dev.graft.training.run.report;

import org.jspecify.annotations.NullMarked;
