/** Text for people: tables that fit a terminal, wrapped paragraphs, sizes and numbers as they are read. */
@NullMarked
package dev.graft.cli.text;

import org.jspecify.annotations.NullMarked;
