package dev.graft.runtime.generate.chat;

/** How conversations are written out: as a built-in template has it, or as the model's own one does, which is a program. */
public sealed interface ChatForm permits ChatTemplate, ChatProgram {
    /** What it is called in reports. */
    String name();
}
