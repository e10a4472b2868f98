package dev.graft.compiler.resolve;

import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.compiler.resolve.Binding.Parameter;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.error.DidYouMean;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** One resolution: every change of every adapter, in two passes, since what is clear helps with what is not. */
final class ResolverRun {
    private final ModelIndex model;
    private final List<WeightedAdapter> adapters;
    private final ResolveOptions options;
    private final SiteMatcher matcher;
    private final NearestSites nearest;
    private final Optional<BaseWeights> baseWeights;
    private final List<Choice> choices = new ArrayList<>();
    private final List<Binding> bindings = new ArrayList<>();
    private final List<ResolveProblem> problems = new ArrayList<>();
    private final Set<String> warnings = new LinkedHashSet<>();

    /** What was found for one change. */
    private record Choice(int adapterIndex, ModuleChange change, SiteChoice sites) {}

    ResolverRun(ModelIndex model, List<WeightedAdapter> adapters, ResolveOptions options) {
        this.model = model;
        this.adapters = adapters;
        this.options = options;
        this.matcher = new SiteMatcher(ModelScopes.of(model));
        this.nearest = new NearestSites(matcher);
        this.baseWeights = options.baseWeights().map(BaseWeights::open);
    }

    ResolutionAttempt run() {
        refuseUnknownModules();
        for (int index = 0; index < adapters.size(); index++) {
            boolean flattened = adapters.get(index).adapter().format().equals("kohya");
            for (ModuleChange change : adapters.get(index).adapter().changes()) {
                choices.add(new Choice(index, change, choose(change, flattened)));
            }
        }
        preferCommonPrefix();
        refuseMixedPrefixes();
        choices.stream().filter(choice -> choice.sites().isClear()).forEach(this::bind);
        choices.stream().filter(choice -> !choice.sites().isClear()).forEach(this::report);
        problems.addAll(AdapterConflicts.in(bindings, adapters));
        UntouchedTargets untouched = new UntouchedTargets(matcher.sites(), bindings);
        for (int index = 0; index < adapters.size(); index++) {
            untouched.warning(index, adapters.get(index)).ifPresent(warnings::add);
        }
        Resolution bound = new Resolution(model, adapters, bindings, List.copyOf(warnings));
        return new ResolutionAttempt(BaseWidths.settle(bound), problems);
    }

    private SiteChoice choose(ModuleChange change, boolean flattened) {
        String target = options.map().get(change.module());
        SiteChoice choice =
                SiteChoice.of(target == null ? matcher.matches(change, flattened) : matcher.mapped(change, target));
        if (target != null) {
            return choice;
        }
        return baseWeights
                .map(weights -> weights.settle(change, choice, matcher, warnings))
                .orElse(choice);
    }

    /** Where several sites fit, the one in the wrapper that the other changes are in is meant. */
    private void preferCommonPrefix() {
        Map<String, Integer> prefixes = new TreeMap<>();
        for (Choice choice : choices) {
            if (choice.sites().isClear()) {
                prefixes.merge(choice.sites().taken().get(0).name().added(), 1, Integer::sum);
            }
        }
        String common = prefixes.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse("");
        choices.replaceAll(choice -> new Choice(
                choice.adapterIndex(), choice.change(), choice.sites().preferring(common)));
    }

    /** Dropping a prefix is a guess about the adapter as a whole: two different ones are none. */
    private void refuseMixedPrefixes() {
        Map<String, Integer> dropped = new LinkedHashMap<>();
        for (Choice choice : choices) {
            choice.sites().dropped().ifPresent(prefix -> dropped.merge(prefix, 1, Integer::sum));
        }
        if (dropped.size() < 2) {
            return;
        }
        choices.replaceAll(choice -> choice.sites().dropped().isEmpty()
                ? choice
                : new Choice(
                        choice.adapterIndex(),
                        choice.change(),
                        choice.sites()
                                .refused(
                                        ErrorCode.TARGET_AMBIGUOUS,
                                        "it would fit only without one of the prefixes " + dropped.keySet()
                                                + ", which cannot all be wrappers")));
    }

    private void bind(Choice choice) {
        double weight = adapters.get(choice.adapterIndex()).weight();
        for (SiteMatch match : choice.sites().taken()) {
            String taker = nearest.takerOf(keyOf(choice, match));
            if (!taker.isEmpty() && !taker.equals(choice.change().module())) {
                report(new Choice(
                        choice.adapterIndex(),
                        choice.change(),
                        choice.sites()
                                .refused(
                                        ErrorCode.TARGET_AMBIGUOUS,
                                        "it fits the place of " + taker + ", which the same adapter changes too")));
                return;
            }
            nearest.take(keyOf(choice, match), choice.change().module());
            nearest.take(match.use(), choice.change().module());
        }
        for (SiteMatch match : choice.sites().taken()) {
            Binding binding = new Binding(
                    choice.change(),
                    choice.adapterIndex(),
                    weight,
                    match.site(),
                    match.fit().view().orElseThrow(),
                    match.fit().target(),
                    match.rule());
            bindings.add(binding);
            warnings.addAll(SiteWarnings.of(binding));
            bindBiasDelta(choice, binding);
        }
    }

    private static Object keyOf(Choice choice, SiteMatch match) {
        return List.of(choice.adapterIndex(), choice.change().getClass(), match.use());
    }

    private void bindBiasDelta(Choice choice, Binding binding) {
        if (!(choice.change() instanceof LowRankChange change) || change.biasDelta() == null) {
            return;
        }
        long wanted = change.biasDelta().shape().elements();
        Optional<WeightView> bias = ChangeFit.biasOf(binding.site(), binding.view());
        if (bias.isPresent() && bias.get().outputs() == wanted) {
            bindings.add(new Binding(
                    change,
                    binding.adapterIndex(),
                    binding.weight(),
                    binding.site(),
                    bias.get(),
                    Parameter.BIAS,
                    binding.rule()));
            return;
        }
        problems.add(new ResolveProblem(
                bias.isPresent() ? ErrorCode.TARGET_SHAPE_MISMATCH : ErrorCode.TARGET_NOT_FOUND,
                binding.adapterIndex(),
                change.module(),
                "the adapter changes the bias (lora_bias, " + wanted + " elements), but the model's has "
                        + bias.map(view -> view.outputs() + " elements").orElse("no stored bias here"),
                List.of()));
    }

    private void report(Choice choice) {
        problems.add(choice.sites().problem(choice.adapterIndex(), choice.change(), nearest, mapTarget(choice)));
    }

    /** The map's word for the module, where the map has one that names nothing. */
    private Optional<String> mapTarget(Choice choice) {
        return Optional.ofNullable(options.map().get(choice.change().module())).map(target -> {
            Set<String> handles = new TreeSet<>();
            matcher.sites().forEach(site -> handles.addAll(SiteMatcher.handlesOf(site)));
            String hint = handles.contains(target) ? "" : DidYouMean.sentence(target, handles);
            return "the map gives '" + target + "', which no node or weight is called"
                    + (hint.isEmpty() ? "" : ". " + hint);
        });
    }

    private void refuseUnknownModules() {
        Set<String> known = new TreeSet<>();
        adapters.forEach(each -> each.adapter().changes().forEach(change -> known.add(change.module())));
        for (String module : new TreeSet<>(options.map().keySet())) {
            if (!known.contains(module)) {
                throw new GraftException(
                        ErrorCode.USAGE,
                        "the map names module '" + module + "', which no adapter changes. "
                                + DidYouMean.sentence(module, known),
                        Location.NONE,
                        "Correct the line or remove it; 'graft inspect ADAPTER' lists the modules.");
            }
        }
    }
}
