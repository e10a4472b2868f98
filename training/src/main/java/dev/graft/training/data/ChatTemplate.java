package dev.graft.training.data;

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
record ChatTemplate(
        String name,
        Begin bos,
        String system,
        String user,
        String answer,
        boolean eos,
        String after,
        boolean systemInUser,
        Optional<String> defaultSystem) {
    /** Where the token that begins a text stands. */
    enum Begin {
        /** Nowhere. */
        NEVER,
        /** In front of the conversation. */
        FIRST,
        /** In front of every user's message. */
        EACH
    }

    String systemText(String message) {
        return fill(system, message);
    }

    String userText(String message) {
        return fill(user, message);
    }

    String answerText(String message) {
        return fill(answer, message);
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
