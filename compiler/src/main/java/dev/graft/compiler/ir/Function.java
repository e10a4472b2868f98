package dev.graft.compiler.ir;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model-local function: an operator that the model defines by nodes. */
public final class Function {
    final Graph body;
    final Map<String, Long> opsets = new LinkedHashMap<>();
    final @Nullable Unmodelled rest;
    final List<Attribute> defaults = new ArrayList<>();
    private final String domain;
    private final String name;
    private final String overload;

    Function(String domain, String name, String overload, Graph body, @Nullable Unmodelled rest) {
        this.domain = domain;
        this.name = name;
        this.overload = overload;
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

    /** Which of several functions of that name it is; usually empty. */
    public String overload() {
        return overload;
    }

    /** The attributes that a call may leave out, with the values they then have. */
    public List<Attribute> defaults() {
        return Collections.unmodifiableList(defaults);
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
