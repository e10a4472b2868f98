/**
 * What stands behind a bar, and behind {@code is}.
 *
 * <pre>
 * Filters    all filters by name; a new one is a line in the table of the file it belongs to
 * TextFilters, MarkupFilters, NumberFilters    one value in, a text or a number out
 * ListFilters, OrderFilters, SelectFilters     items in their order, sorted, chosen or changed
 * Tests      all tests by name
 * </pre>
 */
@NullMarked
package dev.graft.runtime.generate.chat.jinja.filter;

import org.jspecify.annotations.NullMarked;
