package dev.graft.training.config;

import java.util.OptionalInt;

/**
 * How long training lasts and how the learning rate goes.
 *
 * @param epochs how often the data are gone through; counts where {@code steps} is empty
 * @param steps how many updates there are, if that is given
 * @param schedule the course of the learning rate
 * @param warmup the first part of all updates, during which it rises from zero
 * @param warmupSteps the same as a number of updates, which goes before {@code warmup} where it is above 0
 */
public record ScheduleOptions(double epochs, OptionalInt steps, Schedule schedule, double warmup, int warmupSteps) {
    static ScheduleOptions read(SettingReader reader) {
        double epochs = reader.number("num_train_epochs", 3, NumberRange.above(0));
        double steps = reader.number("max_steps", -1, NumberRange.between(-1, Integer.MAX_VALUE));
        double ratio = reader.number("warmup_ratio", 0, NumberRange.between(0, 1));
        // transformers 5 takes a fraction of all steps under the name of the number of steps
        double given = reader.number("warmup_steps", 0, NumberRange.between(0, Integer.MAX_VALUE));
        checkWhole(reader, "max_steps", steps);
        if (given >= 1) {
            checkWhole(reader, "warmup_steps", given);
        }
        return new ScheduleOptions(
                epochs,
                steps > 0 ? OptionalInt.of((int) steps) : OptionalInt.empty(),
                reader.choice("lr_scheduler_type", Schedule.LINEAR),
                given > 0 && given < 1 ? given : ratio,
                given >= 1 ? (int) given : 0);
    }

    private static void checkWhole(SettingReader reader, String key, double number) {
        if (number != Math.rint(number)) {
            throw reader.source()
                    .invalid(
                            key,
                            "expected " + key + " to be a whole number, got '" + number + "'",
                            "Correct the value.");
        }
    }

    /** How many of all updates the learning rate rises in. */
    public int warmupSteps(int allSteps) {
        return warmupSteps > 0 ? warmupSteps : (int) Math.ceil(warmup * allSteps);
    }
}
