package dev.graft.compiler.resolve;

import dev.graft.adapter.ModuleChange;
import dev.graft.compiler.resolve.ResolveProblem.Candidate;
import dev.graft.error.ErrorCode;
import java.util.List;
import java.util.Optional;

/**
 * What was chosen among the sites whose names fit a change.
 *
 * @param matches all whose names fit
 * @param fitting those of the strongest rule that fit in kind and shape
 * @param code what kind of problem the refusal is
 * @param refusal why none is taken although one fits, or empty
 */
record SiteChoice(List<SiteMatch> matches, List<SiteMatch> fitting, ErrorCode code, String refusal) {
    /** Chooses: the strongest rule that has a site of the right kind decides, a weaker one is not asked. */
    static SiteChoice of(List<SiteMatch> matches) {
        List<SiteMatch> sameKind =
                matches.stream().filter(match -> match.fit().sameKind()).toList();
        Optional<Rule> strongest = sameKind.stream().map(SiteMatch::rule).min(Rule::compareTo);
        List<SiteMatch> group = sameKind.stream()
                .filter(match -> match.rule() == strongest.orElseThrow()
                        && match.fit().view().isPresent())
                .sorted(SiteMatch.BY_STRENGTH)
                .toList();
        List<SiteMatch> nearest = group.stream()
                .filter(match -> SiteMatch.BY_STRENGTH.compare(match, group.get(0)) == 0)
                .toList();
        return new SiteChoice(matches, nearest, ErrorCode.TARGET_AMBIGUOUS, "");
    }

    /** Whether exactly one place fits. */
    boolean isClear() {
        return refusal.isEmpty()
                && fitting.stream().map(SiteMatch::place).distinct().count() == 1;
    }

    /** The uses of the one place. */
    List<SiteMatch> taken() {
        return fitting;
    }

    /** The prefix of the adapter's path that was dropped to fit, if one was. */
    Optional<String> dropped() {
        return isClear()
                ? Optional.of(fitting.get(0).name().dropped()).filter(prefix -> !prefix.isEmpty())
                : Optional.empty();
    }

    /** The same choice among sites with that prefix, if that makes it clear. */
    SiteChoice preferring(String prefix) {
        SiteChoice narrowed = new SiteChoice(
                matches,
                fitting.stream()
                        .filter(match -> match.name().added().equals(prefix))
                        .toList(),
                code,
                refusal);
        return !isClear() && narrowed.isClear() ? narrowed : this;
    }

    SiteChoice refused(ErrorCode kind, String reason) {
        return new SiteChoice(matches, fitting, kind, reason);
    }

    SiteChoice taking(List<SiteMatch> taken) {
        return new SiteChoice(matches, taken, code, refusal);
    }

    /** What is wrong, for a choice that is not clear. */
    ResolveProblem problem(int adapterIndex, ModuleChange change, NearestSites nearest, Optional<String> mapTarget) {
        String wanted = ChangeFit.wantedKind(change);
        if (!refusal.isEmpty()) {
            return problem(code, adapterIndex, change, refusal, nearest.of(fitting));
        }
        if (!fitting.isEmpty()) {
            String message = "several places fit (" + wanted + ")";
            return problem(ErrorCode.TARGET_AMBIGUOUS, adapterIndex, change, message, nearest.of(fitting));
        }
        if (matches.stream().anyMatch(match -> match.fit().sameKind())) {
            String message = "the shapes do not agree (" + wanted + ")";
            List<SiteMatch> sameKind =
                    matches.stream().filter(match -> match.fit().sameKind()).toList();
            return problem(ErrorCode.TARGET_SHAPE_MISMATCH, adapterIndex, change, message, nearest.of(sameKind));
        }
        boolean named = !matches.isEmpty();
        String message = mapTarget
                .filter(text -> !named)
                .orElse("no " + wanted + " of this name in the model"
                        + (named ? "; what has the name is of another kind" : ""));
        return problem(
                ErrorCode.TARGET_NOT_FOUND,
                adapterIndex,
                change,
                message,
                named ? nearest.of(matches) : nearest.nearest(change));
    }

    private static ResolveProblem problem(
            ErrorCode code, int adapterIndex, ModuleChange change, String message, List<Candidate> candidates) {
        return new ResolveProblem(code, adapterIndex, change.module(), message, candidates);
    }
}
