package dev.graft.training.data;

import dev.graft.error.DidYouMean;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * From a label as it is written to the number of its class.
 *
 * <p>With names, a label is one of them, or the number of one. Without, the labels of the training rows are their own numbers if all of them are whole
 * numbers from 0 on, and numbered in alphabetical order if some are no numbers, once all have been seen. Numbers such as -1 and 1.5 are neither: whoever
 * writes them means measures, or classes in the order of numbers, which is not that of the alphabet.
 */
final class ClassNumbers implements LabelledTexts.LabelReader {
    private static final int MOST = 100_000;

    /** Short enough in all its parts that it is read in no time. */
    private static final Pattern MEASURE = Pattern.compile("[+-]?[0-9]{1,30}([.][0-9]{0,30})?([eE][+-]?[0-9]{1,4})?");

    private final List<String> names;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> seen = new ArrayList<>();

    /** Classes of these names; of those that will be seen, if there are none. */
    ClassNumbers(List<String> names) {
        this.names = List.copyOf(names);
        for (int i = 0; i < names.size(); i++) {
            numbers.put(names.get(i), i);
        }
    }

    /** The names in the order of their numbers; empty for classes that are only numbers. */
    List<String> names() {
        return names;
    }

    @Override
    public double read(String label) {
        Integer known = numbers.get(label);
        if (known != null) {
            return known;
        }
        if (!names.isEmpty()) {
            return numberOfNamed(label);
        }
        if (seen.size() == MOST) {
            throw new BadRowException("expected classes, got more than " + MOST + " different labels");
        }
        numbers.put(label, seen.size());
        seen.add(label);
        return seen.size() - 1.0;
    }

    private double numberOfNamed(String label) {
        if (isNumber(label) && Integer.parseInt(label) < names.size()) {
            return Integer.parseInt(label);
        }
        String meant = DidYouMean.sentence(label, names);
        throw new BadRowException("expected a label of " + listed() + ", got '" + LabelledTexts.shorten(label) + "'"
                + (meant.isEmpty() ? "" : ": " + meant));
    }

    private String listed() {
        return names.size() > 10 ? names.subList(0, 10) + " and " + (names.size() - 10) + " more" : names.toString();
    }

    /** The label, by order of being seen, for which labels are neither classes' numbers nor names: all are numbers, and this is none of a class. */
    OptionalInt strange() {
        if (!names.isEmpty() || !seen.stream().allMatch(ClassNumbers::isMeasure)) {
            return OptionalInt.empty();
        }
        return IntStream.range(0, seen.size())
                .filter(i -> !isNumber(seen.get(i)))
                .findFirst();
    }

    /** A label by order of being seen, for a message. */
    String label(int number) {
        return LabelledTexts.shorten(seen.get(number));
    }

    /** The key that makes classes of labels that are numbers, if they are few. */
    String remedy() {
        List<String> sorted =
                seen.stream().sorted(Comparator.comparing(BigDecimal::new)).toList();
        String key = sorted.size() > 10 ? "class_names" : "class_names: [" + String.join(", ", sorted) + "]";
        return "Number the classes from 0 on, or say with " + key
                + " which they are; to learn the numbers themselves set loss: regression.";
    }

    /**
     * Turns the order in which labels were seen into their numbers.
     *
     * @return by order of being seen, the number; and the classes that the numbers mean
     */
    Settled settle() {
        if (!names.isEmpty()) {
            return new Settled(identity(names.size()), this);
        }
        if (seen.stream().allMatch(ClassNumbers::isNumber)) {
            return new Settled(seen.stream().mapToInt(Integer::parseInt).toArray(), new PlainNumbers());
        }
        List<String> sorted = seen.stream().sorted().toList();
        ClassNumbers named = new ClassNumbers(sorted);
        return new Settled(seen.stream().mapToInt(sorted::indexOf).toArray(), named);
    }

    /**
     * Classes after all training rows were seen.
     *
     * @param numbers by what {@link #read} gave, the class's number
     * @param reader reads further labels
     */
    record Settled(int[] numbers, LabelledTexts.LabelReader reader) {
        List<String> names() {
            return reader instanceof ClassNumbers named ? named.names() : List.of();
        }
    }

    /** Labels that are their own numbers. */
    private record PlainNumbers() implements LabelledTexts.LabelReader {
        @Override
        public double read(String label) {
            if (!isNumber(label)) {
                throw new BadRowException("expected the label to be a class's number, as in the training rows, got '"
                        + LabelledTexts.shorten(label) + "'");
            }
            return Integer.parseInt(label);
        }
    }

    private static boolean isNumber(String label) {
        return label.length() < 7 && !label.isEmpty() && label.chars().allMatch(unit -> unit >= '0' && unit <= '9');
    }

    private static boolean isMeasure(String label) {
        return MEASURE.matcher(label).matches();
    }

    private static int[] identity(int size) {
        return IntStream.range(0, size).toArray();
    }
}
