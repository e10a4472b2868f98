package dev.graft.compiler.attach;

import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Branches whose A and B are left open: graph inputs that a pass behind this one gives another source, as training does. */
public final class OpenBranches {
    private OpenBranches() {}

    /**
     * A branch.
     *
     * @param module the module's path
     * @param kind the kind of its site
     * @param dtype the number format that A and B must have
     * @param a the graph input that is A
     * @param b the graph input that is B
     * @param weight the shape of the module's weight as PyTorch has it: [out, in], of a convolution [out, in, k...], of an
     *     embedding [rows, width]
     * @param view the weight as it is stored: the module's part of it where several share one
     * @param site the node that reads the weight
     * @param weightInput which of its inputs the weight is
     */
    public record Branch(
            String module,
            SiteKind kind,
            DType dtype,
            Value a,
            Value b,
            Shape weight,
            WeightView view,
            Node site,
            int weightInput) {
        /** The shape of A in the graph: [in, rank], of a convolution [rank, in, k...], of an embedding [rows, rank]. */
        public Shape shapeOfA(long rank) {
            return switch (kind) {
                case CONV -> Shape.of(withFirst(rank));
                case GATHER -> Shape.of(weight.dim(0), rank);
                default -> Shape.of(weight.dim(1), rank);
            };
        }

        /** The shape of B in the graph: [rank, out], of a convolution [out, rank, 1...], of an embedding [rank, width]. */
        public Shape shapeOfB(long rank) {
            return switch (kind) {
                case CONV -> pointwise(rank);
                case GATHER -> Shape.of(rank, weight.dim(1));
                default -> Shape.of(rank, weight.dim(0));
            };
        }

        private long[] withFirst(long first) {
            long[] shape = weight.toArray();
            shape[0] = first;
            return shape;
        }

        private Shape pointwise(long rank) {
            long[] shape = new long[weight.rank()];
            Arrays.fill(shape, 1);
            shape[0] = weight.dim(0);
            shape[1] = rank;
            return Shape.of(shape);
        }
    }

    /**
     * Attaches a branch for each slot.
     *
     * @throws dev.graft.error.GraftException {@code ATTACH_UNSUPPORTED} for a site that no branch fits
     */
    public static List<Branch> attach(OnnxModel model, List<Slot> slots) {
        GraphEditor editor = new GraphEditor(model);
        editor.requireIrVersion(InputPass.OVERRIDABLE_INITIALIZERS);
        Places places = new Places(new SiteLocator(model));
        slots.forEach(places::add);
        InputBranches branches = new InputBranches(editor, new InputSlots(editor, NameStyle.OLIVE));
        List<Branch> made = new ArrayList<>();
        for (Place place : places.inOrder(model)) {
            branches.attach(place);
            place.terms().forEach(term -> made.add(branch(model, place, term)));
        }
        return made;
    }

    private static Branch branch(OnnxModel model, Place place, Term term) {
        return new Branch(
                term.module(),
                place.kind(),
                place.dtype(),
                input(model, NameStyle.OLIVE.nameOfA(term.module())),
                input(model, NameStyle.OLIVE.nameOfB(term.module())),
                weight(place, term),
                term.view(),
                place.node(),
                place.site().weightInput());
    }

    private static Shape weight(Place place, Term term) {
        return switch (place.kind()) {
            case CONV -> place.site().weight().tensor().shape();
            case GATHER -> Shape.of(place.site().weight().outputs(), term.outputs());
            default -> Shape.of(term.outputs(), term.view().inputs());
        };
    }

    private static Value input(OnnxModel model, String name) {
        return model.graph().find(name).orElseThrow(() -> new IllegalStateException("no input " + name));
    }
}
