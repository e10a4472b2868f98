package dev.graft.cli.conformance;

import dev.graft.error.GraftException;
import java.util.ArrayList;
import java.util.List;

/** The lines of a conformance run: one a case, printed as they come, and an error at the end if any missed. */
final class CaseTable {
    private final String title;
    private final List<String> misses = new ArrayList<>();
    private int passed;
    private int refused;

    CaseTable(String title) {
        this.title = title;
        System.out.println("== " + title);
    }

    /** What a case does: it says how it went, or throws. */
    interface Case {
        String run() throws Exception;
    }

    /** Runs a case; whatever it throws is a miss. */
    void add(String name, Case work) {
        try {
            pass(name, work.run());
        } catch (GraftException e) {
            miss(name, e.code() + ": " + firstLine(e));
        } catch (Exception | AssertionError e) {
            miss(name, e.getClass().getSimpleName() + ": " + firstLine(e));
        }
    }

    void pass(String name, String finding) {
        passed++;
        print("ok", name, finding);
    }

    /** A case that must be refused, and was, with a reason. */
    void refused(String name, String reason) {
        refused++;
        print("refused", name, reason);
    }

    void miss(String name, String finding) {
        misses.add(name + ": " + finding);
        print("MISS", name, finding);
    }

    /** Prints the sum and fails if any case missed. */
    void assertNoneMissed(int atLeast) {
        System.out.println(
                title + ": " + passed + " ok, " + refused + " refused as they must be, " + misses.size() + " missed");
        if (!misses.isEmpty()) {
            throw new AssertionError(title + ": " + misses.size() + " missed" + "\n" + String.join("\n", misses));
        }
        if (passed + refused < atLeast) {
            throw new AssertionError(title + ": " + (passed + refused) + " cases ran, expected at least " + atLeast);
        }
    }

    /** The same, and at least so many cases must have gone well; a refusal does not count. */
    void assertPassed(int atLeast) {
        assertNoneMissed(atLeast);
        if (passed < atLeast) {
            throw new AssertionError(title + ": " + passed + " cases went well, expected at least " + atLeast);
        }
    }

    static String firstLine(Throwable thrown) {
        return String.valueOf(thrown.getMessage()).lines().findFirst().orElse("");
    }

    private static void print(String result, String name, String finding) {
        System.out.printf("  %-8s %-58s %s%n", result, name, finding);
    }
}
