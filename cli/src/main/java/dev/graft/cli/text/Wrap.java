package dev.graft.cli.text;

import java.util.ArrayList;
import java.util.List;

/** Breaks text at spaces. */
public final class Wrap {
    private Wrap() {}

    /** The text with no line longer than {@code width}, where its words allow; paragraphs are kept. */
    public static String toWidth(String text, int width) {
        List<String> paragraphs = new ArrayList<>();
        for (String paragraph : text.split("\n\n", -1)) {
            paragraphs.add(String.join("\n", lines(paragraph.replace('\n', ' '), width)));
        }
        return String.join("\n\n", paragraphs);
    }

    /** The lines of one paragraph; a word that is longer than the width is broken. */
    public static List<String> lines(String paragraph, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : paragraph.split(" ", -1)) {
            if (!line.isEmpty() && length(line) + 1 + length(word) > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            String rest = line.isEmpty() ? breakLong(word, width, lines) : " " + word;
            line.append(rest);
        }
        lines.add(line.toString());
        return lines;
    }

    private static String breakLong(String word, int width, List<String> lines) {
        String rest = word;
        while (length(rest) > width) {
            int end = rest.offsetByCodePoints(0, width);
            lines.add(rest.substring(0, end));
            rest = rest.substring(end);
        }
        return rest;
    }

    static int length(CharSequence text) {
        return Character.codePointCount(text, 0, text.length());
    }
}
