package dev.graft.runtime.generate.chat;

import java.util.Optional;

/**
 * How a conversation is written out. Every {@code %s} stands for what is said.
 *
 * @param name the name in the configuration
 * @param bos where the token that begins a text stands
 * @param system around the system message
 * @param user around a user's message, up to where the answer begins
 * @param answer around an answer
 * @param eos whether the token that ends a text stands behind each answer, before {@code after}
 * @param after what stands behind that token
 * @param systemInUser whether the system message is part of the first user's message
 * @param defaultSystem the system message of conversations that have none
 */
public record ChatTemplate(
        String name,
        Begin bos,
        String system,
        String user,
        String answer,
        boolean eos,
        String after,
        boolean systemInUser,
        Optional<String> defaultSystem)
        implements ChatForm {
    /** Where the token that begins a text stands. */
    public enum Begin {
        /** Nowhere. */
        NEVER,
        /** In front of the conversation. */
        FIRST,
        /** In front of every user's message. */
        EACH
    }

    /** A system message, written out. */
    public String systemText(String message) {
        return fill(system, message);
    }

    /** A user's message, written out up to where the answer begins. */
    public String userText(String message) {
        return fill(user, message);
    }

    /** An answer, written out. */
    public String answerText(String message) {
        return fill(answer, message);
    }

    /** What stands behind an answer, up to the token that ends a text. */
    public String answerEnd() {
        return answer.substring(answer.indexOf("%s") + 2);
    }

    ChatTemplate withName(String other) {
        return new ChatTemplate(other, bos, system, user, answer, eos, after, systemInUser, defaultSystem);
    }

    ChatTemplate withDefaultSystem(String message) {
        return new ChatTemplate(name, bos, system, user, answer, eos, after, systemInUser, Optional.of(message));
    }

    ChatTemplate withBos(Begin begin) {
        return new ChatTemplate(name, begin, system, user, answer, eos, after, systemInUser, defaultSystem);
    }

    private static String fill(String slot, String message) {
        int at = slot.indexOf("%s");
        return slot.substring(0, at) + message + slot.substring(at + 2);
    }
}
