package dev.graft.cli.inspect;

import dev.graft.cli.text.Numbers;
import dev.graft.cli.text.Table;
import dev.graft.compiler.resolve.ConsumerIndex;
import dev.graft.compiler.resolve.Site;
import dev.graft.compiler.resolve.SiteFinder;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.compiler.scan.ModelIndex;
import java.util.List;

/**
 * What a model is.
 *
 * @param model everything but its targets
 * @param targets places whose weights adapters can change
 * @param others places whose tensors can only be replaced as a whole, such as norms
 */
record ModelView(ModelHeader model, List<TargetView> targets, List<TargetView> others) {
    static ModelView of(ModelIndex model) {
        ConsumerIndex consumers = ConsumerIndex.of(model);
        List<Site> sites = SiteFinder.sites(model);
        return new ModelView(ModelHeader.of(model), views(sites, false, consumers), views(sites, true, consumers));
    }

    private static List<TargetView> views(List<Site> sites, boolean others, ConsumerIndex consumers) {
        return sites.stream()
                .filter(site -> (site.kind() == SiteKind.OTHER) == others)
                .map(site -> TargetView.of(site, consumers))
                .toList();
    }

    /** As a person reads it. */
    String toText(int width, boolean all) {
        StringBuilder text = new StringBuilder(model.toText(width)).append('\n');
        if (targets.isEmpty()) {
            return text.append(
                            "No weight of this model can be adapted: none is used by MatMul, Gemm, Conv or Gather.\n")
                    .toString();
        }
        text.append(table(targets, all).toText(width));
        if (!others.isEmpty() && all) {
            text.append("\ntensors that can be replaced as a whole:\n")
                    .append(table(others, true).toText(width));
        } else if (!others.isEmpty()) {
            text.append('\n')
                    .append(Numbers.plural(others.size(), "more tensor"))
                    .append(" (norms, biases) can be replaced as a whole; --all lists them.\n");
        }
        return text.toString();
    }

    private static Table table(List<TargetView> views, boolean all) {
        Layers layers = new Layers(!all);
        views.forEach(view -> layers.add(
                view.module(),
                view.operator(),
                view.shape().toString(),
                view.stored(),
                view.dtype().displayName(),
                view.knownBy(),
                String.join("; ", view.notes())));
        return layers.into(Table.of("module", "count", "op", "[out, in]", "stored as", "type", "known by", "notes")
                .right(1));
    }
}
