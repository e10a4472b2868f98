package dev.graft.compiler.resolve;

import dev.graft.adapter.TensorReplacement;
import dev.graft.compiler.resolve.Binding.Parameter;
import dev.graft.compiler.scan.AttributeIndex;
import java.util.ArrayList;
import java.util.List;

/** What a person should know about a binding. */
final class SiteWarnings {
    private SiteWarnings() {}

    static List<String> of(Binding binding) {
        List<String> warnings = new ArrayList<>();
        Site site = binding.site();
        if (binding.rule() == Rule.BIAS_NAME) {
            warnings.add(
                    binding.module() + " was recognised by the name of its bias alone; --base-weights would prove it");
        }
        if (site.node().attributes().get("alpha") instanceof AttributeIndex.FloatValue alpha
                && alpha.value() != 1
                && List.of(SiteKind.MATMUL, SiteKind.GEMM).contains(site.kind())) {
            warnings.add(binding.module() + ": " + site.node().opType() + " '"
                    + site.node().displayName()
                    + "' multiplies its product by " + alpha.value()
                    + "; the change acts on the weight, before that factor");
        }
        if (binding.change() instanceof TensorReplacement
                && binding.target() == Parameter.WEIGHT
                && site.kind() != SiteKind.OTHER
                && site.kind() != SiteKind.GATHER
                && binding.view().rows() == binding.view().columns()
                && site.weight().orientation() == Orientation.IN_OUT) {
            warnings.add(
                    binding.module() + ": the square weight is read as [in, out]; the adapter's tensor is "
                            + (binding.view().orientation() == Orientation.IN_OUT
                                    ? "transposed into it, as of a Linear"
                                    : "taken as it is, since the model keeps the parameter's own name and so its layout (Conv1D)"));
        }
        return warnings;
    }
}
