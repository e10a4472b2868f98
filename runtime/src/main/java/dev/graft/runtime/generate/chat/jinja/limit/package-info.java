/**
 * How much a template may ask for, and what a rendering has used of it. Stands on the errors only, so that everything that works for a template can be made to pay.
 *
 * <pre>
 * Limits    the numbers, each with what it bounds
 * Run       one rendering: its steps, its depth, its line, its clock
 * Sink      a text as it grows, paid for
 * Finder    a text within a text, paid for by comparisons
 * </pre>
 *
 * <p>Whoever reads or makes something calls {@code Run} before the work, for as much as the work can take: {@code chargeText} by characters, {@code chargeExamined} where each of them is looked at, {@code chargeItems} by
 * items, {@code charge} by whatever else grows. A step stands for some 100 ns, and for a microsecond at worst, so that the limit on steps is one on time, of seconds; yet there is no clock in it: the same template on the same values takes the same steps everywhere.
 */
@NullMarked
package dev.graft.runtime.generate.chat.jinja.limit;

import org.jspecify.annotations.NullMarked;
