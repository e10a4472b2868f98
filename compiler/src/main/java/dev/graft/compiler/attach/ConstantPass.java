package dev.graft.compiler.attach;

import dev.graft.compiler.attach.AttachReport.AttachedTarget;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelPass;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassResult;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.SiteKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds constant branches for low-rank changes and puts replaced tensors in place. */
final class ConstantPass implements ModelPass {
    private final Resolution resolution;
    private final AttachForm form;
    private final List<AttachedTarget> targets = new ArrayList<>();

    ConstantPass(Resolution resolution, AttachForm form) {
        this.resolution = resolution;
        this.form = form;
    }

    /** What was done, after the pass has run. */
    List<AttachedTarget> targets() {
        return targets;
    }

    @Override
    public PassResult call(OnnxModel model) {
        GraphEditor editor = new GraphEditor(model);
        SiteLocator locator = new SiteLocator(model);
        List<Binding> bindings =
                resolution.bindings().stream().filter(AttachRules::takesPart).toList();
        bindings.forEach(AttachRules::requireAttachable);
        Places places = new Places(locator);
        Replacements replacements = new Replacements(editor, locator);
        for (Binding binding : bindings) {
            if (AttachRules.isLowRank(binding)) {
                places.add(binding);
            } else {
                String form = replacements.replace(binding);
                targets.add(new AttachedTarget(
                        binding.module(), binding.site().node().displayName(), form, 0));
            }
        }
        report(attach(editor, places.inOrder(model)));
        return new PassResult(model, !targets.isEmpty());
    }

    private Map<Place, String> attach(GraphEditor editor, List<Place> places) {
        Map<Place, String> forms = new LinkedHashMap<>();
        List<Place> linear = new ArrayList<>();
        for (Place place : places) {
            requireSupported(place);
            if (form == AttachForm.CHEAPEST && FoldedWeights.fits(place, editor.model())) {
                forms.put(place, new FoldedWeights(editor).attach(place));
            } else if (place.kind() == SiteKind.CONV) {
                forms.put(place, new ConvBranches(editor).attach(place));
            } else if (place.kind() == SiteKind.GATHER) {
                forms.put(place, new LookupBranches(editor).attach(place));
            } else {
                linear.add(place);
            }
        }
        forms.putAll(new LinearBranches(editor).attach(linear));
        return forms;
    }

    private static void requireSupported(Place place) {
        switch (place.kind()) {
            case CONV -> ConvBranches.requireSupported(place);
            case GATHER -> {}
            default -> LinearForms.requireSupported(place);
        }
    }

    private void report(Map<Place, String> forms) {
        forms.forEach((place, form) -> place.terms()
                .forEach(term -> targets.add(
                        new AttachedTarget(term.module(), place.node().displayName(), form, term.rank()))));
    }
}
