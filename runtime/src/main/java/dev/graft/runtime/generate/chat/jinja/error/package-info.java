/**
 * What goes wrong in a template, and how much one may ask for: {@link dev.graft.runtime.generate.chat.jinja.error.JinjaException}, {@link
 * dev.graft.runtime.generate.chat.jinja.error.Limits}. Stands on nothing.
 */
@NullMarked
package dev.graft.runtime.generate.chat.jinja.error;

import org.jspecify.annotations.NullMarked;
