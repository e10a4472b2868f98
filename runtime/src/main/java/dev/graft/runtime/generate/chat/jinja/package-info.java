/**
 * The Jinja of chat templates: what a tokenizer_config.json says of how a conversation is written is a program in this language.
 *
 * <p>Its meaning is that of jinja2 3.1 as transformers sets it up for {@code apply_chat_template}: immutable sandbox, {@code trim_blocks}, {@code lstrip_blocks}, loop
 * controls, {@code generation}. Every byte of a template is a stranger's: there is no reflection, no attribute of a Java object, no file, no network; steps, texts,
 * lists and nesting are limited ({@link dev.graft.runtime.generate.chat.jinja.limit.Limits}).
 *
 * <table>
 * <caption>The language</caption>
 * <tr><td>tags</td><td>if elif else, for if else, set (tuples, namespace members, blocks), macro, call, filter, with, print, raw, generation, break, continue</td></tr>
 * <tr><td>operators</td><td>+ - * / // % ** ~, comparisons in chains, in, not in, and, or, not, a if b else c, is, subscripts, slices, attributes, calls with * and **</td></tr>
 * <tr><td>filters</td><td>abs attr batch capitalize center count d default dictsort e escape first float forceescape format groupby indent int items join last length
 * list lower map max min reject rejectattr replace reverse round safe select selectattr slice sort string sum title tojson trim truncate unique upper urlencode
 * wordcount</td></tr>
 * <tr><td>tests</td><td>boolean callable defined divisibleby eq escaped even false float ge gt in integer iterable le lower lt mapping ne none number odd sameas
 * sequence string true undefined upper</td></tr>
 * <tr><td>methods</td><td>of str: those of Python but encode and translate and a few more; of dict: get items keys values copy; of list: index count copy</td></tr>
 * <tr><td>functions</td><td>range namespace dict cycler joiner raise_exception strftime_now</td></tr>
 * <tr><td>not there</td><td>include, import, extends, block, autoescape, recursive loops: an error with the tag's name; whole numbers beyond 64 bits</td></tr>
 * </table>
 *
 * <pre>
 * JinjaTemplate    reads, renders; the only way in
 * Renderer         does statements, in a Scope: Loop and MacroCall are those that take more than a line
 * Evaluator        gives expressions their values
 * Globals          the functions that every template has
 *
 * syntax           characters to statements and expressions
 * filter           what stands behind a bar, and behind is
 * operator         + - *, a.b, a[b]
 * method           the methods of str, dict and list
 * format           values as text
 * value            values as Python has them
 * limit            how much a template may ask for, and what it has used
 * text, error      texts as Python has them; what goes wrong
 * </pre>
 *
 * <p>Each of these packages stands only on those below it.
 */
@NullMarked
package dev.graft.runtime.generate.chat.jinja;

import org.jspecify.annotations.NullMarked;
