/** The test table of the gradient rules: rows by family, and the tests that run them all. */
@NullMarked
package dev.graft.training.autodiff.rules;

import org.jspecify.annotations.NullMarked;
