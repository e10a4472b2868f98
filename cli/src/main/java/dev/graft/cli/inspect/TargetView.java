package dev.graft.cli.inspect;

import dev.graft.cli.text.Numbers;
import dev.graft.compiler.resolve.ConsumerIndex;
import dev.graft.compiler.resolve.Orientation;
import dev.graft.compiler.resolve.Site;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.compiler.resolve.SiteName;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.compiler.scan.TensorStorage;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * One place in a model where a weight is used.
 *
 * @param module the module's path by the strongest rule, or the node in parentheses where the module is not known
 * @param operator the operator
 * @param shape outputs and inputs, whatever way the weight is stored
 * @param stored {@code [out, in]} as PyTorch does, or {@code [in, out]}
 * @param dtype the number format
 * @param knownBy how the module is known
 * @param node the node
 * @param tensor the stored tensor's name
 * @param notes what matters for a merge
 */
record TargetView(
        String module,
        String operator,
        Shape shape,
        String stored,
        DType dtype,
        String knownBy,
        String node,
        String tensor,
        List<String> notes) {
    static TargetView of(Site site, ConsumerIndex consumers) {
        WeightView weight = site.weight();
        boolean known = !site.names().isEmpty();
        SiteName name = known ? site.names().get(0) : null;
        return new TargetView(
                name == null ? "(" + site.node().displayName() + ")" : moduleOf(name),
                site.node().opType(),
                Shape.of(weight.outputs(), weight.inputs()),
                weight.orientation() == Orientation.OUT_IN ? "[out, in]" : "[in, out]",
                weight.tensor().dtype(),
                name == null ? "-" : name.rule().displayName(),
                site.node().displayName(),
                weight.tensor().name(),
                notes(site, consumers, known));
    }

    private static String moduleOf(SiteName name) {
        return name.parameter().equals("weight") ? name.module() : name.module() + "." + name.parameter();
    }

    private static List<String> notes(Site site, ConsumerIndex consumers, boolean known) {
        List<String> notes = new ArrayList<>();
        if (!known) {
            notes.add("module unknown: name the node in --map");
        }
        if (site.kind() == SiteKind.QUANTIZED_MATMUL) {
            notes.add("quantised: attach only");
        }
        int users = consumers.consumersOf(site.weight().tensor()).size();
        if (users > 1) {
            notes.add("shared with " + Numbers.plural(users - 1, "other use") + ": merge needs --unshare");
        }
        if (site.weight().tensor().storage() instanceof TensorStorage.Encoded encoded) {
            notes.add("stored in " + encoded.field() + ": cannot be patched");
        }
        if (!site.graph().isEmpty()) {
            notes.add("inside " + String.join(" / ", site.graph()));
        }
        return notes;
    }
}
