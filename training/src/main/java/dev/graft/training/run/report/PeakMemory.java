package dev.graft.training.run.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The process's largest resident memory, native memory included. */
public final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Pattern LINE = Pattern.compile("VmHWM:\\s*(\\d{1,15}) kB");

    private PeakMemory() {}

    /** In MiB; empty where the system does not tell, which only Linux does. */
    public static OptionalDouble megabytes() {
        try {
            return Files.isReadable(STATUS)
                    ? ofStatus(Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1))
                    : OptionalDouble.empty();
        } catch (IOException e) {
            // a run does not end because its memory cannot be told
            return OptionalDouble.empty();
        }
    }

    static OptionalDouble ofStatus(List<String> lines) {
        return lines.stream()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .mapToDouble(match -> Long.parseLong(match.group(1)) / 1024.0)
                .findFirst();
    }
}
