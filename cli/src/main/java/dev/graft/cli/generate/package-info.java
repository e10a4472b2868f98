/** What {@code graft generate} does behind its words: settings, adapters by name, prompts one after the other or in one batch, a conversation. */
@NullMarked
package dev.graft.cli.generate;

import org.jspecify.annotations.NullMarked;
