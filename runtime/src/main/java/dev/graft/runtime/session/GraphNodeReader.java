package dev.graft.runtime.session;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.IoReason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Reads which operations a model's main graph has and how they are wired, because ONNX Runtime's Java API does not tell; field numbers are those of onnx-ml.proto. */
public final class GraphNodeReader {
    private GraphNodeReader() {}

    /**
     * The operations of a model that ONNX Runtime has accepted, in the order of the file; weights and subgraphs are stepped over.
     *
     * @throws GraftException {@code IO_FAILED}, {@code ONNX_MALFORMED}
     */
    public static List<GraphNode> read(Path file) {
        List<GraphNode> nodes = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            WireCursor model = WireCursor.ofFile(channel, file);
            while (model.next()) {
                if (model.field() == 7 && model.isDelimited()) {
                    readGraph(model.message(), nodes);
                }
            }
        } catch (IOException e) {
            throw new GraftException(
                    ErrorCode.IO_FAILED,
                    "cannot read the model again: " + IoReason.of(e),
                    Location.ofFile(file),
                    "Keep the model's file in place while it is in use.",
                    e);
        }
        return nodes;
    }

    private static void readGraph(WireCursor graph, List<GraphNode> nodes) throws IOException {
        while (graph.next()) {
            if (graph.field() == 1 && graph.isDelimited()) {
                nodes.add(readNode(graph.message()));
            }
        }
    }

    private static GraphNode readNode(WireCursor node) throws IOException {
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        String operator = "";
        while (node.next()) {
            if (node.field() == 1 && node.isDelimited()) {
                inputs.add(node.string());
            } else if (node.field() == 2 && node.isDelimited()) {
                outputs.add(node.string());
            } else if (node.field() == 4 && node.isDelimited()) {
                operator = node.string();
            }
        }
        return new GraphNode(operator, inputs, outputs);
    }
}
