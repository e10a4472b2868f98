package dev.graft.training.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What was found in the files of a data set.
 *
 * @param rows how many rows are used
 * @param badRows how many were left out
 * @param listed the first hundred of those
 * @param cut how many rows are used in part, because they are longer than {@code cutoff_len}
 * @param tokens how many tokens the rows hold; rows, for data that is no text
 * @param counted how many labels the loss counts
 * @param longest the most tokens of a row
 * @param classNames the classes in the order of their numbers; empty where labels are numbers
 * @param template the chat template that conversations were written with
 */
public record DataReport(
        long rows,
        long badRows,
        List<BadRow> listed,
        long cut,
        long tokens,
        long counted,
        int longest,
        List<String> classNames,
        Optional<String> template) {
    private static final int CLASSES_TOLD = 100;

    /**
     * A row that was left out.
     *
     * @param file its file
     * @param line its line
     * @param problem why
     */
    public record BadRow(Path file, long line, String problem) {}

    /** Classes and their numbers, {@code 0 = complaint, 1 = praise}; empty where labels are numbers. */
    public String classes() {
        String told = IntStream.range(0, Math.min(CLASSES_TOLD, classNames.size()))
                .mapToObj(number -> number + " = " + classNames.get(number))
                .collect(Collectors.joining(", "));
        int more = classNames.size() - CLASSES_TOLD;
        return more > 0 ? told + " and " + more + " more" : told;
    }

    public DataReport {
        listed = List.copyOf(listed);
        classNames = List.copyOf(classNames);
    }
}
