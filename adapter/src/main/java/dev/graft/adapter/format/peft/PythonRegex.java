package dev.graft.adapter.format.peft;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of Python's {@code re}, run by {@code java.util.regex}.
 *
 * <p>What the two write differently is translated (named groups, {@code \Z}, a bracket or {@code &&} inside a class, {@code
 * {,n}}); what only one of them knows is refused. Matching has a budget of steps, since a pattern comes from a file and may
 * backtrack for ever.
 */
final class PythonRegex {
    private static final int MAX_LENGTH = 1000;

    private final Pattern pattern;

    private PythonRegex(Pattern pattern) {
        this.pattern = pattern;
    }

    /**
     * Translates and compiles an expression.
     *
     * @throws IllegalArgumentException with the reason, if it is not one that both languages understand alike
     */
    static PythonRegex compile(String python) {
        if (python.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("longer than " + MAX_LENGTH + " characters");
        }
        try {
            return new PythonRegex(Pattern.compile(new PythonRegexTranslation(python).toJava()));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(e.getDescription(), e);
        }
    }

    /**
     * {@code re.match}: whether it matches at the beginning; empty if that takes more steps than are left, or if the text is
     * too long to try.
     */
    Optional<Boolean> matchesBeginning(String text, Steps steps) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Matcher matcher = pattern.matcher(new CountedText(text, steps));
        try {
            return Optional.of(matcher.lookingAt());
        } catch (OutOfSteps e) {
            return Optional.empty();
        }
    }

    /** How often texts may still be looked at. */
    static final class Steps {
        private long left;

        Steps(long left) {
            this.left = left;
        }

        private void take() {
            if (left-- <= 0) {
                throw new OutOfSteps();
            }
        }
    }

    /** A text that counts how often it is looked at. */
    private record CountedText(String text, Steps steps) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            steps.take();
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }
    }

    private static final class OutOfSteps extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OutOfSteps() {
            super(null, null, false, false);
        }
    }
}
