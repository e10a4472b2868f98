/**
 * The methods of str, dict and list; those that change a value are not there.
 *
 * <pre>
 * Methods       by the value and the name; those of dict and list
 * TextMethods   those of str: Splitting cuts, Search finds, Replacement replaces
 * </pre>
 */
@NullMarked
package dev.graft.runtime.generate.chat.jinja.method;

import org.jspecify.annotations.NullMarked;
