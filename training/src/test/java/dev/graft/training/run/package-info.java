@NullMarked
package dev.graft.training.run;

import org.jspecify.annotations.NullMarked;
