package dev.graft.compiler.ir;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** An ONNX model that can be edited. */
public final class OnnxModel {
    final Map<String, Long> opsets = new LinkedHashMap<>();
    final Map<String, String> metadata = new LinkedHashMap<>();
    final List<Function> functions = new ArrayList<>();
    final @Nullable Unmodelled rest;
    long irVersion;
    private final @Nullable Path file;
    private final Graph graph;
    private final Names names = new Names();

    OnnxModel(@Nullable Path file, Graph graph, @Nullable Unmodelled rest) {
        this.file = file;
        this.graph = graph;
        this.rest = rest;
    }

    /** A model without nodes that imports ONNX's own operators in that version. */
    public static OnnxModel create(long irVersion, long opset) {
        OnnxModel model = new OnnxModel(null, new Graph(null, "graph", null), null);
        model.irVersion = irVersion;
        model.opsets.put("", opset);
        return model;
    }

    /** The file it was read from; data files lie in the same folder. */
    public Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    /** Its main graph. */
    public Graph graph() {
        return graph;
    }

    /** Its local functions. */
    public List<Function> functions() {
        return Collections.unmodifiableList(functions);
    }

    /** The IR version. */
    public long irVersion() {
        return irVersion;
    }

    /** The operator sets it imports: domain (empty for ONNX's own) to version. */
    public Map<String, Long> opsets() {
        return Collections.unmodifiableMap(opsets);
    }

    /** The version of an imported operator set; ONNX's own can be asked for as an empty domain or {@code ai.onnx}. */
    public OptionalLong opset(String domain) {
        Long version = opsets.get(domain);
        if (version == null && (domain.isEmpty() || domain.equals("ai.onnx"))) {
            version = opsets.get(domain.isEmpty() ? "ai.onnx" : "");
        }
        return version == null ? OptionalLong.empty() : OptionalLong.of(version);
    }

    /** Its metadata_props. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /** Who names things in this model. */
    public Names names() {
        return names;
    }

    /** The main graph, all bodies of control-flow nodes and all function bodies; a graph comes before its subgraphs. */
    public List<Graph> graphs() {
        List<Graph> found = new ArrayList<>();
        Deque<Graph> open = new ArrayDeque<>(List.of(graph));
        functions.forEach(function -> open.add(function.body()));
        while (!open.isEmpty()) {
            Graph next = open.remove();
            found.add(next);
            for (Node node = next.first(); node != null; node = node.next()) {
                open.addAll(node.subgraphs());
            }
        }
        return found;
    }
}
