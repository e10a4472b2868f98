package dev.graft.training.run.plan;

import java.util.Locale;

/** A number that an evaluation gives and that a best checkpoint can go by. */
public enum Metric {
    /** The mean loss over all labels that count. */
    LOSS(false),
    /** e to the mean loss per token. */
    PERPLEXITY(false),
    /** The part of the rows whose class was found. */
    ACCURACY(true),
    /** F1 of class 1 where there are no others but 0 and 1, else as {@link #F1_MACRO}. */
    F1(true),
    /** The mean of the F1 of all classes that occur in labels or predictions. */
    F1_MACRO(true),
    /** The mean squared error over all numbers. */
    MSE(false);

    private final boolean greaterIsBetter;

    Metric(boolean greaterIsBetter) {
        this.greaterIsBetter = greaterIsBetter;
    }

    /** Whether more is better. */
    public boolean greaterIsBetter() {
        return greaterIsBetter;
    }

    /** The name in logs, without the prefix {@code eval_}: {@code f1_macro}. */
    public String displayName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether {@code value} is better than {@code other}; nothing is better than an equal one. */
    public boolean isBetter(double value, double other) {
        return greaterIsBetter ? value > other : value < other;
    }
}
