/**
 * Conversations, written as the model was taught to read them.
 *
 * <p>{@link dev.graft.runtime.generate.chat.ChatTemplates} holds the templates that are built in; a model's own one is a {@link dev.graft.runtime.generate.chat.ChatProgram},
 * which {@link dev.graft.runtime.generate.chat.jinja.JinjaTemplate} runs. Training and generation use the same, so that what was learnt is what is asked. {@link
 * dev.graft.runtime.generate.chat.TokenizerFolder} reads what the files beside a tokenizer say. {@link dev.graft.runtime.generate.chat.ChatSession} is one conversation: it keeps
 * the tokens, so that a cache stays good from turn to turn.
 */
@NullMarked
package dev.graft.runtime.generate.chat;

import org.jspecify.annotations.NullMarked;
