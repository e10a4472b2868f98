/**
 * From characters to what they say: {@link dev.graft.runtime.generate.chat.jinja.syntax.Syntax} gives {@link
 * dev.graft.runtime.generate.chat.jinja.syntax.Statement}s of {@link dev.graft.runtime.generate.chat.jinja.syntax.Expression}s.
 *
 * <pre>
 * Lexer, TagLexer      characters to tokens; white space around tags
 * StatementParser      tags; MacroParser and TargetParser read what macro and set begin with
 * ExpressionParser     operators, from the loosest to the tightest
 * PrimaryParser        names, literals, and what follows them: attributes, items, calls, filters, tests
 * </pre>
 */
@NullMarked
package dev.graft.runtime.generate.chat.jinja.syntax;

import org.jspecify.annotations.NullMarked;
