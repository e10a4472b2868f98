package dev.graft.compiler.attach;

import dev.graft.adapter.format.onnxadapter.OnnxAdapterFile;
import dev.graft.compiler.attach.AttachReport.AttachedTarget;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelPass;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassResult;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.scan.BaseFingerprint;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gives the modules of an adapter, and further slots, graph inputs for A and B. */
final class InputPass implements ModelPass {
    /** The first IR version in which initializers are constant unless they are listed as inputs. */
    static final long OVERRIDABLE_INITIALIZERS = 4;

    private final Resolution resolution;
    private final AttachOptions options;
    private final List<AttachedTarget> targets = new ArrayList<>();
    private List<Tensor> adapter = List.of();

    InputPass(Resolution resolution, AttachOptions options) {
        this.resolution = resolution;
        this.options = options;
    }

    /** What was done, after the pass has run. */
    List<AttachedTarget> targets() {
        return targets;
    }

    /** The tensors of the {@code .onnx_adapter}, after the pass has run; none without an adapter. */
    List<Tensor> adapter() {
        return adapter;
    }

    @Override
    public PassResult call(OnnxModel model) {
        GraphEditor editor = new GraphEditor(model);
        editor.requireIrVersion(OVERRIDABLE_INITIALIZERS);
        editor.setMetadata(OnnxAdapterFile.BASE_KEY, Integer.toString(BaseFingerprint.of(resolution.model())));
        InputSlots slots = new InputSlots(editor, options.names());
        SiteLocator locator = new SiteLocator(model);
        Places places = new Places(locator);
        InputBiases biases = new InputBiases(editor, slots, locator);
        for (Binding binding : resolution.bindings()) {
            if (AttachRules.takesPart(binding)) {
                AttachRules.requireAttachable(binding);
                add(binding, places, biases, locator);
            }
        }
        options.slots().forEach(places::add);
        attach(editor, slots, places.inOrder(model));
        biases.attach();
        adapter = slots.adapter();
        return new PassResult(model, !targets.isEmpty());
    }

    private void add(Binding binding, Places places, InputBiases biases, SiteLocator locator) {
        if (AttachRules.isLowRank(binding)) {
            places.add(binding);
            return;
        }
        Tensor base = Replacements.stored(binding, BoundInput.of(binding, locator));
        Tensor replaced = Replacements.changed(binding, base);
        if (AttachRules.isBias(binding)) {
            biases.add(binding, base, replaced);
            targets.add(
                    new AttachedTarget(binding.module(), binding.site().node().displayName(), "bias", 0));
        } else {
            places.add(binding, ReplacementFactors.of(binding, base, replaced));
        }
    }

    private void attach(GraphEditor editor, InputSlots slots, List<Place> places) {
        InputBranches branches = new InputBranches(editor, slots);
        Map<Place, String> forms = new LinkedHashMap<>();
        places.forEach(place -> forms.put(place, branches.attach(place)));
        forms.forEach((place, form) -> place.terms()
                .forEach(term -> targets.add(
                        new AttachedTarget(term.module(), place.node().displayName(), form, term.rank()))));
    }
}
