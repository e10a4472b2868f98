package dev.graft.compiler.attach;

import dev.graft.compiler.resolve.OriginalNames;
import dev.graft.compiler.resolve.PackedModules;
import dev.graft.compiler.resolve.Site;
import dev.graft.compiler.resolve.SiteFinder;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.compiler.resolve.SiteName;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.error.DidYouMean;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Chooses the modules of a model that get inputs without an adapter, as PEFT's target_modules does. */
public final class Slots {
    /** All matrix products except the output embedding, the heads of classifiers and the factors of other adapters, as in PEFT. */
    public static final String ALL_LINEAR = "all-linear";

    private static final Set<String> HEADS = Set.of("lm_head", "embed_out", "score", "classifier");

    /** What the outermost module of transformers models is called; anything else that all names share is an exporter's wrapper. */
    private static final Set<String> ROOTS = Set.of(
            "model",
            "transformer",
            "bert",
            "roberta",
            "distilbert",
            "deberta",
            "gpt_neox",
            "encoder",
            "decoder",
            "vision_model");

    private static final Pattern FACTOR = Pattern.compile("(?:.*\\.)?lora_[AB](?:\\..*)?");

    private static final int NAMED = 8;

    private Slots() {}

    /**
     * The slots of a model, under the names that the modules have in transformers; targets may name them as the model does, too.
     *
     * @param targets {@link #ALL_LINEAR}, or a regular expression that a whole module path must match, or its end from a dot on; or both
     *     with a bar between them, for what either takes
     * @throws GraftException {@code USAGE} if the expression is none, {@code TARGET_NOT_FOUND} if it matches nothing
     */
    public static List<Slot> select(ModelIndex model, String targets) {
        List<Slot> slots = find(model, targets);
        if (slots.isEmpty()) {
            throw noMatch(
                    model, targets, find(model, ".*").stream().map(Slot::module).toList());
        }
        return slots;
    }

    /**
     * The same, which may be none.
     *
     * @throws GraftException {@code USAGE} if the expression is none
     */
    public static List<Slot> find(ModelIndex model, String targets) {
        Wanted wanted = Wanted.of(targets);
        Map<String, Slot> slots = new LinkedHashMap<>();
        List<Site> sites = SiteFinder.sites(model);
        int wrapper = lengthOfWrapper(sites);
        UnaryOperator<String> original = OriginalNames.of(model);
        for (Site site : sites) {
            modules(model, site).forEach((path, view) -> {
                String here = path.substring(wrapper);
                String module = original.apply(here);
                if (wanted.takes(site, module) || wanted.takes(site, here)) {
                    slots.putIfAbsent(module, new Slot(module, site, view));
                }
            });
        }
        return List.copyOf(slots.values());
    }

    private static GraftException noMatch(ModelIndex model, String targets, List<String> candidates) {
        if (candidates.isEmpty()) {
            return new GraftException(
                    ErrorCode.TARGET_NOT_FOUND,
                    "no module matches '" + targets
                            + "'; the model has no linear layer, convolution or embedding whose weight is stored",
                    Location.ofFile(model.file()),
                    "Check that it is the right file; graft inspect shows what is in it.");
        }
        List<String> ends = candidates.stream().map(Slots::lastPart).distinct().toList();
        String meant = DidYouMean.sentence(targets, ends);
        return new GraftException(
                ErrorCode.TARGET_NOT_FOUND,
                "no module matches '" + targets + "'; the model has "
                        + String.join(", ", candidates.subList(0, Math.min(NAMED, candidates.size()))),
                Location.ofFile(model.file()),
                (meant.isEmpty() ? "" : meant + " ")
                        + "Give all-linear, or a regular expression for module paths or their ends; graft inspect lists them.");
    }

    private static String lastPart(String module) {
        return module.substring(module.lastIndexOf('.') + 1);
    }

    /** How many characters of every module path are an exporter's wrapper, {@code m.model.layers...}, of which adapters know nothing. */
    public static int lengthOfWrapper(List<Site> sites) {
        List<String> names = sites.stream()
                .filter(site -> site.kind() != SiteKind.OTHER)
                .flatMap(site -> site.names().stream().limit(1))
                .map(SiteName::module)
                .toList();
        String first =
                names.isEmpty() ? "" : names.get(0).substring(0, names.get(0).indexOf('.') + 1);
        boolean shared = !first.isEmpty() && names.stream().allMatch(name -> name.startsWith(first));
        return shared && (!isRoot(first) || holdsWholeModel(first, names)) ? first.length() : 0;
    }

    private static boolean isRoot(String prefix) {
        return ROOTS.contains(prefix.substring(0, prefix.length() - 1));
    }

    /** A wrapper may be called as a root is: then it holds that root once more, or a head, which stands beside roots. */
    private static boolean holdsWholeModel(String prefix, List<String> names) {
        return names.stream()
                .map(name -> name.substring(prefix.length()))
                .anyMatch(inner -> inner.startsWith(prefix) || HEADS.contains(inner));
    }

    private static Map<String, WeightView> modules(ModelIndex model, Site site) {
        boolean named = site.kind() == SiteKind.CONV || site.kind() == SiteKind.GATHER;
        if (!isLinear(site) && !named || site.names().isEmpty()) {
            return Map.of();
        }
        String module = site.names().get(0).module();
        Map<String, WeightView> parts = PackedModules.of(model, site, module);
        return parts.isEmpty() ? Map.of(module, site.weight()) : parts;
    }

    private static boolean isLinear(Site site) {
        return site.kind() == SiteKind.MATMUL
                || site.kind() == SiteKind.GEMM
                || site.kind() == SiteKind.QUANTIZED_MATMUL;
    }

    /** What is asked for: all linear layers but heads, whatever an expression matches, or both. */
    private record Wanted(boolean allLinear, Predicate<String> named) {
        static Wanted of(String targets) {
            if (targets.equalsIgnoreCase(ALL_LINEAR)) {
                return new Wanted(true, module -> false);
            }
            boolean both = targets.regionMatches(true, 0, ALL_LINEAR + "|", 0, ALL_LINEAR.length() + 1);
            String expression = both ? targets.substring(ALL_LINEAR.length() + 1) : targets;
            try {
                return new Wanted(
                        both,
                        Pattern.compile("(?:.*\\.)?(?:" + expression + ")").asMatchPredicate());
            } catch (PatternSyntaxException e) {
                throw new GraftException(
                        ErrorCode.USAGE,
                        "'" + targets + "' is not a regular expression: " + e.getDescription(),
                        Location.NONE,
                        "Give all-linear, or a regular expression such as '.*\\.[qv]_proj'.",
                        e);
            }
        }

        boolean takes(Site site, String module) {
            return allLinear && isLinear(site) && isOwn(module) || named.test(module);
        }

        private static boolean isOwn(String module) {
            return !HEADS.contains(lastPart(module)) && !FACTOR.matcher(module).matches();
        }
    }
}
