package dev.graft.training.run.checkpoint;

/**
 * What is summed up to be divided later.
 *
 * @param loss the loss over all labels that count
 * @param counted how many these are
 * @param tokens how many tokens or rows went through the model
 */
public record LossSums(double loss, long counted, long tokens) {
    /** Nothing yet. */
    public static final LossSums ZERO = new LossSums(0, 0, 0);

    /** Both together. */
    public LossSums plus(LossSums other) {
        return new LossSums(loss + other.loss, counted + other.counted, tokens + other.tokens);
    }

    /** The mean loss over the labels; 0 where there are none. */
    public double mean() {
        return counted == 0 ? 0 : loss / counted;
    }
}
