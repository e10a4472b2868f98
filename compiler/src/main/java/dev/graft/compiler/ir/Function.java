package dev.graft.compiler.ir;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model-local function: an operator that the model defines by nodes. */
public final class Function {
    final Graph body;
    final Map<String, Long> opsets = new LinkedHashMap<>();
    final @Nullable Unmodelled rest;
    private final String domain;
    private final String name;

    Function(String domain, String name, Graph body, @Nullable Unmodelled rest) {
        this.domain = domain;
        this.name = name;
        this.body = body;
        this.rest = rest;
    }

    /** The domain of the nodes that call it. */
    public String domain() {
        return domain;
    }

    /** The operator of the nodes that call it. */
    public String name() {
        return name;
    }

    /** Its nodes; its inputs are values without a type. */
    public Graph body() {
        return body;
    }

    /** The operator sets that its body imports. */
    public Map<String, Long> opsets() {
        return Collections.unmodifiableMap(opsets);
    }
}
