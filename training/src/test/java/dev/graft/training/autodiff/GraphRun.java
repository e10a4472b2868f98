package dev.graft.training.autodiff;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.OrtTensors;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.ort.OrtGraph;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A loaded graph with its inputs, which can be changed element by element. */
final class GraphRun implements AutoCloseable {
    private final OrtGraph graph;
    private final Map<String, FeedBuffer> feeds = new LinkedHashMap<>();

    private GraphRun(OrtGraph graph) {
        this.graph = graph;
    }

    static GraphRun open(OnnxModel model, boolean optimize, Map<String, HostTensor> feeds) throws OrtException {
        GraphSettings settings = GraphSettings.DEFAULT.withThreads(1);
        GraphRun run = new GraphRun(OrtGraph.open(model, optimize ? settings : settings.withoutOptimization()));
        Set<String> known = run.graph.inputs().keySet();
        for (Map.Entry<String, HostTensor> feed : feeds.entrySet()) {
            if (known.contains(feed.getKey())) {
                run.feeds.put(feed.getKey(), new FeedBuffer(feed.getValue()));
            }
        }
        return run;
    }

    FeedBuffer feed(String name) {
        return java.util.Objects.requireNonNull(feeds.get(name), name);
    }

    /** All outputs that are numeric tensors. */
    Map<String, HostTensor> outputs() {
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        feeds.forEach((name, feed) -> inputs.put(name, feed.tensor()));
        Map<String, HostTensor> found = new LinkedHashMap<>();
        try (OrtSession.Result result = graph.run(inputs, graph.outputs().keySet(), Map.of())) {
            result.forEach(entry -> found.put(entry.getKey(), OrtTensors.copy((OnnxTensor) entry.getValue())));
        }
        return found;
    }

    @Override
    public void close() {
        feeds.values().forEach(FeedBuffer::close);
        graph.close();
    }
}
