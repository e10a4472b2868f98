/** Text to tokens and back for the commands that generate text; the library behind it is loaded by these only. */
@NullMarked
package dev.graft.cli.tokenizer;

import org.jspecify.annotations.NullMarked;
