package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.runtime.generate.chat.ChatMessage;
import java.util.Map;
import java.util.TreeSet;

/** How a file writes down a message; read, it is as chat templates know it. */
interface MessageForm {
    /**
     * A message of one of the roles {@code system}, {@code user}, {@code assistant} and {@code tool}.
     *
     * @throws BadRowException if it is none
     */
    ChatMessage message(JsonValue value);

    /** The schema of a tool. */
    JsonValue tool(JsonValue schema);

    /** What a role is called by chat templates. */
    static String role(String who, Map<String, String> roles) {
        String role = roles.get(who);
        if (role == null) {
            throw new BadRowException(
                    "expected one of " + new TreeSet<>(roles.keySet()) + " to speak, got '" + who + "'");
        }
        return role;
    }
}
