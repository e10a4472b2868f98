package dev.graft.training.types;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the elements of a small tensor: a shape, an index, a mask of a few booleans (0 and 1), or floats that happen to be
 * integers.
 *
 * @param rank 0 or 1
 * @param elements the elements, null for one of which nothing is known
 */
record KnownIntegers(int rank, List<@Nullable Length> elements) {
    /** Shapes and permutations have a handful of elements; longer lists are data. */
    static final int MOST_ELEMENTS = 256;

    KnownIntegers {
        if (elements.size() > MOST_ELEMENTS || rank > 1 || rank == 0 && elements.size() != 1) {
            throw new NotKnown();
        }
        elements = Collections.unmodifiableList(new ArrayList<>(elements));
    }

    static KnownIntegers scalar(@Nullable Length element) {
        return new KnownIntegers(0, Collections.singletonList(element));
    }

    static KnownIntegers list(List<? extends @Nullable Length> elements) {
        return new KnownIntegers(1, new ArrayList<>(elements));
    }

    /** So many elements of the given rank, each known or not on its own. */
    static KnownIntegers of(int rank, long count, IntFunction<@Nullable Length> element) {
        if (count < 0 || count > MOST_ELEMENTS) {
            throw new NotKnown();
        }
        List<@Nullable Length> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(known(element, i));
        }
        return new KnownIntegers(rank, elements);
    }

    int size() {
        return elements.size();
    }

    /** Element {@code index}; of a tensor with one element it, whatever the index, as broadcasting has it. */
    Length at(int index) {
        Length element = elementOrNull(index);
        if (element == null) {
            throw new NotKnown();
        }
        return element;
    }

    @Nullable
    Length elementOrNull(int index) {
        int place = elements.size() == 1 ? 0 : index;
        if (place < 0 || place >= elements.size()) {
            throw new NotKnown();
        }
        return elements.get(place);
    }

    /** The number at {@code index}. */
    long numberAt(int index) {
        return at(index).number().orElseThrow(NotKnown::new);
    }

    /** All elements, if all are numbers. */
    Optional<long[]> numbers() {
        long[] numbers = new long[elements.size()];
        for (int i = 0; i < numbers.length; i++) {
            Length element = elements.get(i);
            OptionalLong number = element == null ? OptionalLong.empty() : element.number();
            if (number.isEmpty()) {
                return Optional.empty();
            }
            numbers[i] = number.getAsLong();
        }
        return Optional.of(numbers);
    }

    private static @Nullable Length known(IntFunction<@Nullable Length> element, int index) {
        try {
            return element.apply(index);
        } catch (NotKnown e) {
            return null;
        }
    }
}
