/**
 * What goes wrong in a template: {@link dev.graft.runtime.generate.chat.jinja.error.JinjaException}. Stands on nothing.
 */
@NullMarked
package dev.graft.runtime.generate.chat.jinja.error;

import org.jspecify.annotations.NullMarked;
