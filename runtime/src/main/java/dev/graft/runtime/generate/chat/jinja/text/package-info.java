/**
 * Texts as Python counts, cuts, fills and writes them, and changes their case; characters are code points.
 */
@NullMarked
package dev.graft.runtime.generate.chat.jinja.text;

import org.jspecify.annotations.NullMarked;
