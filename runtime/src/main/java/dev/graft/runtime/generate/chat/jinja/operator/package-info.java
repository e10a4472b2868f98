/**
 * What operators make of values.
 *
 * <pre>
 * Arithmetic      + - * / // % **, of numbers, texts and lists
 * Items           a.b, a[b] and a[b:c:d], of which Bounds are the three numbers
 * AttributePath   the same by a name with points, as filters are given it
 * </pre>
 */
@NullMarked
package dev.graft.runtime.generate.chat.jinja.operator;

import org.jspecify.annotations.NullMarked;
