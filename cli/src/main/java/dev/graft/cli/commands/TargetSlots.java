package dev.graft.cli.commands;

import dev.graft.cli.command.UsageError;
import dev.graft.compiler.attach.Slot;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.Site;
import dev.graft.compiler.resolve.SiteFinder;
import dev.graft.compiler.resolve.SiteKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The modules that {@code --targets} names, as PEFT's {@code target_modules} does: a regular expression for the whole path or its
 * last parts, or all linear layers but the output.
 */
final class TargetSlots {
    private static final String ALL_LINEAR = "all-linear";
    private static final Set<SiteKind> LINEAR = Set.of(SiteKind.MATMUL, SiteKind.GEMM, SiteKind.QUANTIZED_MATMUL);
    private static final Set<String> OUTPUT_LAYERS =
            Set.of("lm_head", "embed_out", "output_layer", "score", "classifier");

    private TargetSlots() {}

    /**
     * The slots, without the modules that the adapters have already.
     *
     * @throws dev.graft.error.GraftException {@code USAGE} if the words are no expression or match nothing
     */
    static List<Slot> of(Resolution resolution, String words) {
        String prefix = wrapperPrefix(resolution);
        Set<String> taken = new HashSet<>();
        resolution.bindings().forEach(binding -> taken.add(binding.module()));
        List<Slot> slots = new ArrayList<>();
        boolean matched = false;
        for (Site site : SiteFinder.sites(resolution.model())) {
            String module = module(site, prefix);
            if (LINEAR.contains(site.kind()) && !module.isEmpty() && matches(module, words)) {
                matched = true;
                if (taken.add(module)) {
                    slots.add(new Slot(module, site, site.weight()));
                }
            }
        }
        if (!matched) {
            throw UsageError.of(
                    "attach",
                    "--targets '" + words + "' matches no linear layer; graft inspect "
                            + resolution.model().file() + " lists them");
        }
        return slots;
    }

    private static boolean matches(String module, String words) {
        if (words.equalsIgnoreCase(ALL_LINEAR)) {
            return !OUTPUT_LAYERS.contains(module.substring(module.lastIndexOf('.') + 1));
        }
        try {
            return Pattern.compile("(.*\\.)?(" + words + ")").matcher(module).matches();
        } catch (PatternSyntaxException e) {
            throw UsageError.of("attach", "--targets: '" + words + "' is no regular expression: " + e.getDescription());
        }
    }

    private static String module(Site site, String prefix) {
        String name = site.names().isEmpty() ? "" : site.names().get(0).module();
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }

    /** What a wrapper put in front of the modules' names in the export, told by the adapter's own names. */
    private static String wrapperPrefix(Resolution resolution) {
        return resolution.bindings().stream()
                .flatMap(binding -> binding.site().names().stream()
                        .filter(name -> name.module().endsWith("." + binding.module()))
                        .map(name -> name.module()
                                .substring(
                                        0,
                                        name.module().length()
                                                - binding.module().length())))
                .findFirst()
                .or(() -> Optional.of(""))
                .get();
    }
}
