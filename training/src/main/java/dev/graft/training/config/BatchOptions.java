package dev.graft.training.config;

/**
 * How batches are made of rows.
 *
 * @param trainingSize rows of a batch in training
 * @param evaluationSize rows of a batch in evaluation
 * @param shuffle whether every epoch has an order of its own; otherwise it is that of the files
 * @param groupByLength whether rows of similar length come together
 * @param padToMultipleOf what the length of a batch is rounded up to a multiple of
 * @param seed decides the order and the rows that are held out
 */
public record BatchOptions(
        int trainingSize, int evaluationSize, boolean shuffle, boolean groupByLength, int padToMultipleOf, long seed) {
    static BatchOptions read(SettingReader reader, long seed) {
        boolean shuffle = !reader.flag("disable_shuffling", false);
        boolean group = reader.flag("group_by_length", false);
        if (group && !shuffle) {
            throw reader.source()
                    .invalid(
                            "group_by_length",
                            "group_by_length and disable_shuffling both decide the order",
                            "Choose one of them.");
        }
        return new BatchOptions(
                reader.count("per_device_train_batch_size", 8, 1),
                reader.count("per_device_eval_batch_size", 8, 1),
                shuffle,
                group,
                reader.count("pad_to_multiple_of", 1, 1),
                reader.seed("data_seed", seed));
    }
}
