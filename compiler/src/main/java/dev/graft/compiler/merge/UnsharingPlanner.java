package dev.graft.compiler.merge;

import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.compiler.wire.WireMessage;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the splices that give targets tensors of their own: an initializer, copies of the nodes that pass the tensor on, and
 * another input name for the target.
 */
final class UnsharingPlanner {
    private static final long LARGEST_INLINE = 1 << 20;
    private static final int ALIGNMENT = 4096;
    private static final int NODE_OF_GRAPH = 1;
    private static final int INITIALIZER_OF_GRAPH = 5;
    private static final int INPUT_OF_NODE = 1;
    private static final int OUTPUT_OF_NODE = 2;
    private static final int NAME_OF_NODE = 3;
    private static final int RAW_DATA = 9;

    private final ModelIndex model;
    private final Path dataFile;
    private final OpenFiles files;
    private final ProtoSplice proto;
    private final Set<String> names;
    private final List<Unsharing.Place> places = new ArrayList<>();
    private final List<String> initializers = new ArrayList<>();
    private long dataSize;

    UnsharingPlanner(ModelIndex model, Path output, OpenFiles files) {
        this.model = model;
        this.dataFile = output.resolveSibling(output.getFileName() + ".unshared.data");
        this.files = files;
        this.proto = new ProtoSplice(files, model.file(), model.fileSize());
        this.names = WeightPath.names(model.graph());
    }

    Unsharing plan(List<MergePlan.Copy> copies) {
        copies.forEach(this::add);
        return new Unsharing(
                proto.splices(),
                List.copyOf(places),
                dataSize == 0 ? Optional.empty() : Optional.of(dataFile),
                dataSize,
                List.copyOf(initializers));
    }

    private void add(MergePlan.Copy copy) {
        TensorIndex tensor = copy.edit().tensor();
        Map<NodeIndex, String> copied = new HashMap<>();
        String initializer = "";
        for (MergePlan.NodeUse use : copy.uses()) {
            WeightPath path =
                    WeightPath.find(model, tensor, use.node(), use.input()).orElseThrow(() -> unreachable(copy, use));
            if (initializer.isEmpty()) {
                initializer = newName(use.node().input(use.input()));
                addInitializer(copy.edit(), path.origin(), initializer);
            }
            String value = initializer;
            for (NodeIndex step : path.steps()) {
                value = copied.computeIfAbsent(step, copyStep(step, value));
            }
            redirect(use, value);
        }
    }

    private void addInitializer(TensorEdit edit, ByteRegion origin, String name) {
        TensorIndex tensor = edit.tensor();
        long length = tensor.dtype().byteSize(tensor.shape().elements());
        WireMessage header = new WireMessage();
        for (long dim : tensor.shape().toArray()) {
            header.integer(1, dim);
        }
        header.integer(2, tensor.dtype().onnxNumber()).string(8, name);
        if (length <= LARGEST_INLINE) {
            byte[] start = header.header(RAW_DATA, length).toBytes();
            byte[] field = new WireMessage()
                    .header(INITIALIZER_OF_GRAPH, start.length + length)
                    .raw(start)
                    .raw(new byte[(int) length])
                    .toBytes();
            Splice splice = proto.insertBehind(origin, field);
            places.add(new Unsharing.Place(edit, Optional.of(splice), field.length - length));
        } else {
            long offset = (dataSize + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            dataSize = offset + length;
            header.message(13, entry("location", dataFile.getFileName().toString()))
                    .message(13, entry("offset", Long.toString(offset)))
                    .message(13, entry("length", Long.toString(length)))
                    .integer(14, 1);
            proto.insertBehind(
                    origin,
                    new WireMessage().message(INITIALIZER_OF_GRAPH, header).toBytes());
            places.add(new Unsharing.Place(edit, Optional.empty(), offset));
        }
        initializers.add(name);
    }

    private java.util.function.Function<NodeIndex, String> copyStep(NodeIndex step, String input) {
        return node -> {
            String output = newName(step.outputs().get(0));
            proto.insertBehind(step.proto(), copyOf(step, input, output));
            return output;
        };
    }

    /** The field of a node like another one, but for its first input, its output and its name. */
    private byte[] copyOf(NodeIndex node, String input, String output) {
        WireMessage copy = new WireMessage();
        boolean inputSeen = false;
        for (ProtoField field : fieldsOf(node)) {
            if (field.number() == INPUT_OF_NODE && !inputSeen) {
                copy.string(INPUT_OF_NODE, input);
                inputSeen = true;
            } else if (field.number() == OUTPUT_OF_NODE) {
                copy.string(OUTPUT_OF_NODE, output);
            } else if (field.number() == NAME_OF_NODE) {
                copy.string(NAME_OF_NODE, newName(node.name()));
            } else {
                ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(field.end() - field.start()));
                files.read(model.file(), field.start(), bytes);
                copy.raw(bytes.array());
            }
        }
        return new WireMessage().message(NODE_OF_GRAPH, copy).toBytes();
    }

    private void redirect(MergePlan.NodeUse use, String value) {
        ProtoField field = fieldsOf(use.node()).stream()
                .filter(each -> each.number() == INPUT_OF_NODE)
                .skip(use.input())
                .findFirst()
                .orElseThrow();
        proto.replace(field, new WireMessage().string(INPUT_OF_NODE, value).toBytes());
    }

    private List<ProtoField> fieldsOf(NodeIndex node) {
        return ProtoField.fields(
                files, model.file(), node.proto().offset(), node.proto().end());
    }

    private String newName(String like) {
        String name = like + ".unshared";
        for (int number = 2; !names.add(name); number++) {
            name = like + ".unshared" + number;
        }
        return name;
    }

    private static WireMessage entry(String key, String value) {
        return new WireMessage().string(1, key).bytes(2, value.getBytes(StandardCharsets.UTF_8));
    }

    private static GraftException unreachable(MergePlan.Copy copy, MergePlan.NodeUse use) {
        TensorIndex tensor = copy.edit().tensor();
        return new GraftException(
                ErrorCode.WEIGHT_SHARED,
                "the weight of " + copy.edit().blocks().get(0).module() + " is shared and reaches "
                        + use.node().displayName() + " through a function, where it cannot get a copy of its own",
                new Location(
                        tensor.proto().file(), -1, tensor.name(), use.node().displayName()),
                "Inline the model's functions first, or use graft attach.");
    }
}
