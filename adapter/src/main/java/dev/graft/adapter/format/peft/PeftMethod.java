package dev.graft.adapter.format.peft;

import dev.graft.adapter.Adapter;

/** One {@code peft_type}: turns configuration and tensors into changes, or says why it cannot. */
interface PeftMethod {
    /**
     * Reads the adapter in a folder.
     *
     * @throws dev.graft.error.GraftException if configuration and tensors contradict each other, or the method or the variant
     *     is refused
     */
    Adapter read(PeftFolder folder);
}
