/**
 * What values are and what they do, as Python has them.
 *
 * <p>A value is a {@code String}, {@code Boolean}, {@code Long}, {@code Double}, a {@code List} or a {@link Dict}, copied from what the caller gave, or one of the
 * types here. Nothing is null, and nothing of Java can be reached from a template.
 *
 * <pre>
 * None, Undefined, Tuple, Range, Dict, DictView, Once, Namespace    values that Java lacks
 * Function, Arguments, Members    what can be called, with what, and what has attributes of its own
 * Types          what a value is: its name, truth, number, text, key
 * Comparison     equality, order, membership
 * Iteration      items one after the other; Lookahead and Filtering fetch them no sooner than they are asked for
 * </pre>
 */
@NullMarked
package dev.graft.runtime.generate.chat.jinja.value;

import org.jspecify.annotations.NullMarked;
