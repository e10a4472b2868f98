package dev.graft.training.expand;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Function;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphCopy;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelPass;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassResult;
import dev.graft.compiler.ir.Value;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Replaces calls of model-local functions with the functions' nodes; no function is left. */
public final class InlineFunctionsPass implements ModelPass {
    /** Functions that call each other twice over double with every level, so a small file could ask for any number of nodes. */
    private static final int MOST_NODES = 250_000;

    private record Key(String domain, String name, String overload) {}

    @Override
    public PassResult call(OnnxModel model) {
        if (model.functions().isEmpty()) {
            return new PassResult(model, false);
        }
        new Inlining(model).run();
        return new PassResult(model, true);
    }

    /** One run over one model. */
    private static final class Inlining {
        private final OnnxModel model;
        private final GraphEditor editor;
        private final Map<Key, Function> functions = new HashMap<>();
        private int nodes;

        Inlining(OnnxModel model) {
            this.model = model;
            this.editor = new GraphEditor(model);
            model.functions()
                    .forEach(function ->
                            functions.put(new Key(function.domain(), function.name(), function.overload()), function));
        }

        void run() {
            inline(model.graph().nodes(), List.of());
            editor.removeFunctions();
        }

        private void inline(List<Node> calls, List<Function> callers) {
            for (Node node : calls) {
                for (Graph body : node.subgraphs()) {
                    inline(body.nodes(), callers);
                }
                Function function = functions.get(new Key(node.domain(), node.opType(), node.overload()));
                if (function != null) {
                    inline(node, function, callers);
                }
            }
        }

        private void inline(Node call, Function function, List<Function> callers) {
            if (callers.contains(function)) {
                throw malformed("the function " + function.name() + " calls itself", call);
            }
            nodes += function.body().nodes().size();
            if (nodes > MOST_NODES) {
                throw malformed("its functions expand to more than " + MOST_NODES + " nodes", call);
            }
            importOpsets(call, function);
            List<Function> inner = new ArrayList<>(callers);
            inner.add(function);
            inline(replace(call, function), inner);
        }

        private List<Node> replace(Node call, Function function) {
            GraphCopy copy = GraphCopy.ofFunction(editor, prefix(call), attributes(call, function));
            List<Value> inputs = function.body().inputs();
            for (int i = 0; i < inputs.size(); i++) {
                Value given = call.input(i);
                if (given != null) {
                    copy.map(inputs.get(i), given);
                }
            }
            Results results = Results.of(editor, copy, call, function.body());
            List<Node> copies = copy.copyBefore(call, function.body());
            forgetMissing(copies, function.body());
            results.finish();
            return copies;
        }

        /** Without the names of values: those are made of prefixes, and would grow with every level. */
        private static String prefix(Node call) {
            return (call.name().isEmpty() ? call.opType() : call.name()) + "/";
        }

        /** A function's input that the call leaves out is one that its nodes leave out too. */
        private void forgetMissing(List<Node> copies, Graph body) {
            for (Node node : copies) {
                for (int i = 0; i < node.inputs().size(); i++) {
                    Value input = node.input(i);
                    if (input != null && input.graph() == body) {
                        editor.replaceInput(node, i, null);
                    }
                }
                node.subgraphs().forEach(inner -> forgetMissing(inner.nodes(), body));
            }
        }

        private static Map<String, Attribute> attributes(Node call, Function function) {
            Map<String, Attribute> attributes = new LinkedHashMap<>();
            function.defaults().forEach(attribute -> attributes.put(attribute.name(), attribute));
            call.attributes().forEach(attribute -> attributes.put(attribute.name(), attribute));
            return attributes;
        }

        private void importOpsets(Node call, Function function) {
            function.opsets().forEach((domain, version) -> {
                long present = model.opset(domain).orElse(version);
                if (present != version && uses(function.body(), domain)) {
                    throw new GraftException(
                            ErrorCode.ONNX_UNSUPPORTED,
                            "the function " + function.name() + " is written in operator set " + version + " of '"
                                    + domain + "', the model in " + present,
                            location(call),
                            "Convert the model to one operator set, or inline its functions with the exporter.");
                }
                editor.importOpset(domain, version);
            });
        }

        private static boolean uses(Graph body, String domain) {
            return body.nodes().stream()
                    .anyMatch(node -> node.domain().equals(domain)
                            || node.subgraphs().stream().anyMatch(inner -> uses(inner, domain)));
        }

        private GraftException malformed(String message, Node call) {
            return new GraftException(
                    ErrorCode.ONNX_MALFORMED, message, location(call), "Export the model again, without functions.");
        }

        private Location location(Node node) {
            return Location.ofNode(model.file().orElse(null), node.displayName());
        }
    }
}
