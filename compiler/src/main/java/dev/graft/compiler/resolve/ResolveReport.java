package dev.graft.compiler.resolve;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Says all problems of a resolution in one error. */
final class ResolveReport {
    private static final int SHOWN = 10;

    /** What helps where the export kept no names. */
    private static final String NAMELESS =
            "The model does not say which module a weight belongs to, as optimised exports do not. Give the checkpoint that"
                    + " it was exported from with --base-weights model.safetensors: weights are found by their values. Or"
                    + " export without optimising (optimize=False), or give names with --map FILE.";

    private ResolveReport() {}

    private static boolean isNameless(List<ResolveProblem> problems) {
        return problems.stream()
                .flatMap(problem -> problem.candidates().stream())
                .anyMatch(candidate -> candidate.reason().endsWith(NearestSites.NAMELESS));
    }

    static GraftException exception(ResolutionAttempt attempt) {
        List<ResolveProblem> problems = attempt.problems();
        ErrorCode code = problems.stream()
                .map(ResolveProblem::code)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        Resolution resolution = attempt.resolution();
        return new GraftException(
                code,
                message(resolution, problems),
                Location.ofFile(resolution.model().file()),
                code == ErrorCode.TARGET_NOT_FOUND && isNameless(problems) ? NAMELESS : remedy(code));
    }

    private static String message(Resolution resolution, List<ResolveProblem> problems) {
        int changes = resolution.adapters().stream()
                .mapToInt(each -> each.adapter().changes().size())
                .sum();
        String adapters = resolution.adapters().stream()
                .map(each -> "'" + each.adapter().name() + "'")
                .collect(Collectors.joining(", "));
        StringBuilder text = new StringBuilder()
                .append(problems.size() == changes ? "none" : problems.size())
                .append(" of the " + changes + " changes of " + adapters)
                .append(problems.size() == changes ? " fits the model" : " do not fit the model");
        problems.stream().limit(SHOWN).forEach(problem -> text.append("\n  ").append(problem.describe()));
        if (problems.size() > SHOWN) {
            text.append("\n  and ").append(problems.size() - SHOWN).append(" more");
        }
        return text.toString();
    }

    private static String remedy(ErrorCode code) {
        return switch (code) {
            case TARGET_SHAPE_MISMATCH ->
                "Check that the adapter was trained on this model and not on another size of it.";
            case ADAPTERS_CONFLICT -> "Use these adapters one at a time.";
            case TARGET_AMBIGUOUS ->
                "Say which one with --map FILE (lines 'module = node or weight name'), or give the base "
                        + "checkpoint with --base-weights.";
            default ->
                "'graft inspect MODEL' lists what the model has. Give names with --map FILE (lines "
                        + "'module = node or weight name'), or the base checkpoint with --base-weights.";
        };
    }
}
