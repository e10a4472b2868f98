package dev.graft.compiler.attach;

import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterFile;
import dev.graft.compiler.attach.AttachReport.AttachedTarget;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelPass;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassResult;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.scan.BaseFingerprint;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Gives the modules of an adapter, and further ones, stacks of A and B from which every row of a batch takes its own. */
final class BatchedPass implements ModelPass {
    private final Resolution resolution;
    private final AttachOptions options;
    private final List<AttachedTarget> targets = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final AdapterTensors adapter = new AdapterTensors();

    BatchedPass(Resolution resolution, AttachOptions options) {
        this.resolution = resolution;
        this.options = options;
    }

    /** What was done, after the pass has run. */
    List<AttachedTarget> targets() {
        return targets;
    }

    /** The tensors of the {@code .onnx_adapter}, after the pass has run; none without an adapter. */
    List<Tensor> adapter() {
        return adapter.all();
    }

    /** What a person should know, after the pass has run. */
    List<String> warnings() {
        return warnings;
    }

    @Override
    public PassResult call(OnnxModel model) {
        GraphEditor editor = new GraphEditor(model);
        editor.requireIrVersion(InputPass.OVERRIDABLE_INITIALIZERS);
        Places places = new Places(new SiteLocator(model));
        for (Binding binding : resolution.bindings()) {
            if (AttachRules.takesPart(binding)) {
                AttachRules.requireAttachable(binding);
                requireSlotted(binding);
                places.add(binding);
            }
        }
        options.slots().forEach(places::add);
        List<Place> inOrder = places.inOrder(model);
        requireRowsOutermost(BatchAxes.of(model), inOrder);
        warnOfFixedBatch(model);
        attach(editor, inOrder);
        describe(editor);
        return new PassResult(model, !targets.isEmpty());
    }

    private void warnOfFixedBatch(OnnxModel model) {
        if (StackInputs.batch(model.graph()) instanceof Dim.Fixed fixed) {
            warnings.add("the model's first input takes batches of " + fixed.length()
                    + " only, so requests cannot be collected; export it with a batch of any length");
        }
    }

    private void attach(GraphEditor editor, List<Place> places) {
        StackInputs stacks = new StackInputs(editor, options.names(), options.capacity());
        BatchedBranches branches = new BatchedBranches(editor, stacks, adapter);
        for (Place place : places) {
            requireRank(place);
            String form = branches.attach(place);
            place.terms()
                    .forEach(term -> targets.add(
                            new AttachedTarget(term.module(), place.node().displayName(), form, term.rank())));
        }
    }

    /** For people and other programs; our own runtime reads the base's fingerprint and goes by the inputs for all else. */
    private void describe(GraphEditor editor) {
        editor.setMetadata(OnnxAdapterFile.BASE_KEY, Integer.toString(BaseFingerprint.of(resolution.model())));
        editor.setMetadata("graft.attach", "batched");
        editor.setMetadata("graft.slots", Integer.toString(options.capacity().slots()));
        editor.setMetadata("graft.max_rank", Integer.toString(options.capacity().maxRank()));
        editor.setMetadata("graft.names", options.names().name().toLowerCase(Locale.ROOT));
    }

    private static void requireSlotted(Binding binding) {
        if (binding.change() instanceof LowRankChange change && change.isDora()) {
            throw unsupported(binding, "DoRA scales the whole product by a factor that depends on base and adapter");
        }
        if (!AttachRules.isLowRank(binding)) {
            throw unsupported(
                    binding,
                    AttachRules.isBias(binding)
                            ? "a change of a bias has no factors that a slot could hold"
                            : "a replaced tensor has no low rank");
        }
    }

    private static GraftException unsupported(Binding binding, String reason) {
        return new GraftException(
                ErrorCode.ATTACH_UNSUPPORTED,
                binding.module() + " cannot be attached in style batched: " + reason,
                Location.ofNode(null, binding.site().node().displayName()),
                "Use --style input, which switches it for whole batches, or --style constant.");
    }

    /** Several adapters on one module, given together, are one change of the sum of their ranks. */
    private void requireRank(Place place) {
        int most = options.capacity().maxRank();
        for (Term term : place.terms()) {
            int rank = place.terms().stream()
                    .filter(other -> other.firstOutput() == term.firstOutput())
                    .mapToInt(Term::rank)
                    .sum();
            if (rank > most) {
                throw new GraftException(
                        ErrorCode.SLOT_RANK_EXCEEDED,
                        term.module() + " has rank " + rank + ", but slots for at most rank " + most,
                        Location.ofNode(null, place.node().displayName()),
                        "Attach with --max-rank " + rank + ".");
            }
        }
    }

    private void requireRowsOutermost(BatchAxes axes, List<Place> places) {
        int unknown = 0;
        for (Place place : places) {
            int axis = axes.of(place.input());
            if (axis > 0) {
                throw place.unsupported(
                        "its input has the rows of a batch along dimension " + axis
                                + ", style batched needs them along the first",
                        "Export the model with the batch first (batch_first=True), leave this module out, or use --style input.");
            }
            if (axis == BatchAxes.NONE) {
                throw place.unsupported(
                        "its input is the same for all rows of a batch, which therefore cannot differ in their adapters",
                        "Leave this module out, or use --style input.");
            }
            unknown += axis == BatchAxes.UNKNOWN ? 1 : 0;
        }
        if (unknown > 0) {
            warnings.add("for " + unknown + " of " + places.size()
                    + " products the graph does not show that the rows of a batch come first; graft verify tries it");
        }
    }
}
