/**
 * The gradient rules, a class per family of operators; {@link dev.graft.training.autodiff.rules.GradientRules#TABLE} is all of them.
 *
 * <p>In the rules {@code y} is the output, {@code dy} its gradient, {@code x} the first input. Formulas are those of the operator's
 * specification differentiated by hand; each has a row in the test table, which checks it against central differences in float64.
 */
@NullMarked
package dev.graft.training.autodiff.rules;

import org.jspecify.annotations.NullMarked;
