package dev.graft.cli.inspect;

import dev.graft.adapter.LowRankChange;
import dev.graft.cli.text.Numbers;
import dev.graft.cli.text.Table;
import dev.graft.cli.text.Wrap;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.ConsumerIndex;
import dev.graft.compiler.resolve.ResolutionAttempt;
import dev.graft.compiler.resolve.ResolveProblem;
import dev.graft.compiler.resolve.ResolveProblem.Candidate;
import dev.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.List;

/**
 * How adapters fit a model.
 *
 * @param model the model file
 * @param adapters the adapters
 * @param fits whether every change has its place
 * @param matches changes and their places
 * @param problems changes without a place, and why
 * @param warnings what a person should know
 */
record MatchView(
        Path model,
        List<Path> adapters,
        boolean fits,
        List<Match> matches,
        List<ResolveProblem> problems,
        List<String> warnings) {
    private static final int MOST_PROBLEMS = 5;

    /**
     * A change and its place.
     *
     * @param module the adapter's name of the module
     * @param parameter weight or bias
     * @param operator the operator that uses it
     * @param shape outputs and inputs
     * @param knownBy how the module was recognised
     * @param node the node
     * @param tensor the stored tensor
     * @param rank the rank, or 0 for a replacement
     * @param scaling the scaling with the adapter's weight, or NaN for a replacement
     * @param notes what matters for a merge
     */
    record Match(
            String module,
            String parameter,
            String operator,
            Shape shape,
            String knownBy,
            String node,
            String tensor,
            long rank,
            double scaling,
            List<String> notes) {
        static Match of(Binding binding, ConsumerIndex consumers) {
            TargetView target = TargetView.of(binding.site(), consumers);
            boolean lowRank = binding.change() instanceof LowRankChange;
            LowRankChange change = lowRank ? (LowRankChange) binding.change() : null;
            return new Match(
                    binding.module(),
                    binding.target().name().toLowerCase(java.util.Locale.ROOT),
                    target.operator(),
                    Shape.of(binding.view().outputs(), binding.view().inputs()),
                    binding.rule().displayName(),
                    target.node(),
                    binding.view().tensor().name(),
                    change == null ? 0 : change.rank(),
                    change == null ? Double.NaN : change.scaling() * binding.weight(),
                    target.notes());
        }
    }

    static MatchView of(ResolutionAttempt attempt) {
        ConsumerIndex consumers = ConsumerIndex.of(attempt.resolution().model());
        return new MatchView(
                attempt.resolution().model().file(),
                attempt.resolution().adapters().stream()
                        .map(weighted -> weighted.adapter().source())
                        .toList(),
                attempt.problems().isEmpty(),
                attempt.resolution().bindings().stream()
                        .map(binding -> Match.of(binding, consumers))
                        .toList(),
                attempt.problems(),
                attempt.resolution().warnings());
    }

    /** As a person reads it. */
    String toText(int width, boolean all) {
        StringBuilder text = new StringBuilder(matchTable(all).toText(width));
        if (!matches.isEmpty()) {
            text.append('\n');
        }
        int shown = all ? problems.size() : Math.min(MOST_PROBLEMS, problems.size());
        problems.subList(0, shown).forEach(problem -> append(text, problem, width));
        if (shown < problems.size()) {
            text.append("and ").append(problems.size() - shown).append(" more; --all lists them.\n\n");
        }
        text.append(fits ? "Everything fits: " : "Not everything fits: ")
                .append(Numbers.plural(matches.size(), "change"))
                .append(matches.size() == 1 ? " has its place" : " have their place");
        return text.append(fits ? ".\n" : ", " + Numbers.plural(problems.size(), "change") + " not.\n")
                .toString();
    }

    private Table matchTable(boolean all) {
        Layers layers = new Layers(!all);
        matches.forEach(match -> layers.add(
                match.module() + (match.parameter().equals("weight") ? "" : "." + match.parameter()),
                match.operator(),
                match.shape().toString(),
                match.rank() == 0 ? "-" : Long.toString(match.rank()),
                Numbers.significant(match.scaling()),
                match.knownBy(),
                String.join("; ", match.notes())));
        return layers.into(Table.of("module", "count", "op", "[out, in]", "rank", "scaling", "known by", "notes")
                .right(1, 4, 5));
    }

    private static void append(StringBuilder text, ResolveProblem problem, int width) {
        String head = "no place for " + problem.module() + ": " + problem.message();
        text.append(width > 0 ? Wrap.toWidth(head, width) : head).append('\n');
        Table candidates = Table.withoutHeader(2).indent(2);
        for (Candidate candidate : problem.candidates()) {
            candidates.row(candidate.place(), candidate.reason());
        }
        text.append(candidates.toText(width)).append('\n');
    }
}
