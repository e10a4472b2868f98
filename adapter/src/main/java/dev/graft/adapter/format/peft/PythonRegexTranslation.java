package dev.graft.adapter.format.peft;

import java.util.ArrayList;
import java.util.List;

/** Rewrites a Python regular expression for {@code java.util.regex}, from left to right. */
final class PythonRegexTranslation {
    private static final String SAME_ESCAPES = "dDsSwWbBnrtfv0123456789";
    private static final List<String> SAME_GROUPS = List.of("(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>");

    private final String python;
    private final StringBuilder java = new StringBuilder();
    private final List<String> groupNames = new ArrayList<>();
    private int at;

    PythonRegexTranslation(String python) {
        this.python = python;
    }

    String toJava() {
        while (at < python.length()) {
            char next = python.charAt(at);
            switch (next) {
                case '\\' -> escape(false);
                case '[' -> characterClass();
                case '(' -> group();
                case '{' -> braces();
                default -> copy(1);
            }
        }
        return java.toString();
    }

    private void escape(boolean inClass) {
        if (at + 1 == python.length()) {
            throw new IllegalArgumentException("it ends with a backslash");
        }
        char escaped = python.charAt(at + 1);
        if (escaped == 'Z' && !inClass) {
            java.append("\\z");
            at += 2;
        } else if (escaped == 'A' && !inClass) {
            java.append("\\A");
            at += 2;
        } else if (Character.isLetterOrDigit(escaped) && SAME_ESCAPES.indexOf(escaped) < 0) {
            throw new IllegalArgumentException("\\" + escaped + " is not translated");
        } else {
            copy(2);
        }
    }

    private void characterClass() {
        copy(1);
        if (startsWith("^")) {
            copy(1);
        }
        if (startsWith("]")) {
            java.append("\\]");
            at++;
        }
        while (at < python.length() && python.charAt(at) != ']') {
            char next = python.charAt(at);
            if (next == '\\') {
                escape(true);
            } else if (next == '[' || next == '&') {
                java.append('\\');
                copy(1);
            } else {
                copy(1);
            }
        }
        if (at < python.length()) {
            copy(1);
        }
    }

    private void group() {
        if (startsWith("(?P<")) {
            String name = until('>', 4);
            groupNames.add(name);
            java.append("(?<").append(javaName(name)).append('>');
        } else if (startsWith("(?P=")) {
            java.append("\\k<").append(javaName(until(')', 4))).append('>');
        } else if (startsWith("(?") && SAME_GROUPS.stream().noneMatch(this::startsWith)) {
            String start = python.substring(at, Math.min(at + 4, python.length()));
            throw new IllegalArgumentException("'" + start + "' is not translated");
        } else {
            copy(1);
        }
    }

    /** Java's names have no underscore, so groups are numbered in order. */
    private String javaName(String name) {
        int index = groupNames.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("unknown group '" + name + "'");
        }
        return "g" + index;
    }

    private void braces() {
        int end = python.indexOf('}', at);
        String inner = end < 0 ? "" : python.substring(at + 1, end);
        if (inner.matches("[0-9]{0,9}(,[0-9]{0,9})?") && !inner.isEmpty()) {
            java.append('{').append(inner.startsWith(",") ? "0" + inner : inner).append('}');
            at = end + 1;
        } else {
            java.append("\\{");
            at++;
        }
    }

    private String until(char end, int skip) {
        int stop = python.indexOf(end, at + skip);
        if (stop < 0) {
            throw new IllegalArgumentException("a group's name has no end");
        }
        String text = python.substring(at + skip, stop);
        at = stop + 1;
        return text;
    }

    private boolean startsWith(String text) {
        return python.startsWith(text, at);
    }

    private void copy(int count) {
        java.append(python, at, at + count);
        at += count;
    }
}
