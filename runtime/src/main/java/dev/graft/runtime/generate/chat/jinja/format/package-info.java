/**
 * Values as text.
 *
 * <pre>
 * Repr            str and repr
 * JsonText        json.dumps
 * PercentFormat   "%5.2f" % value
 * BraceFormat     "{:>5}".format(value), of which FieldSpec is what stands behind the colon
 * NumberFormat    digits, as both formats want them
 * TimeFormat      strftime
 * </pre>
 */
@NullMarked
package dev.graft.runtime.generate.chat.jinja.format;

import org.jspecify.annotations.NullMarked;
