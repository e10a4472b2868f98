package dev.graft.cli.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code graft} as a process of its own, with the classes of this test run.
 *
 * @param exitCode what it exited with
 * @param results its stdout
 * @param messages its stderr
 * @param seconds how long it took
 */
record GraftProcess(int exitCode, String results, String messages, double seconds) {
    private static final long LIMIT_SECONDS = 300;

    /** Runs with this test's Java. */
    static GraftProcess run(List<String> jvmOptions, String... words) throws IOException, InterruptedException {
        return run(Path.of(System.getProperty("java.home")), jvmOptions, words);
    }

    /** Runs with another Java. */
    static GraftProcess run(Path javaHome, List<String> jvmOptions, String... words)
            throws IOException, InterruptedException {
        List<String> line = line(javaHome, jvmOptions, words);
        Path results = Files.createTempFile("graft", ".out");
        Path messages = Files.createTempFile("graft", ".err");
        try {
            long start = System.nanoTime();
            Process process = new ProcessBuilder(line)
                    .redirectOutput(results.toFile())
                    .redirectError(messages.toFile())
                    .start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(
                        "graft " + String.join(" ", words) + " did not end in " + LIMIT_SECONDS + " s");
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            return new GraftProcess(process.exitValue(), read(results), read(messages), seconds);
        } finally {
            Files.deleteIfExists(results);
            Files.deleteIfExists(messages);
        }
    }

    /** Starts with this test's Java and leaves it to the caller, who may kill it; what it says goes nowhere. */
    static Process start(String... words) throws IOException {
        return new ProcessBuilder(line(Path.of(System.getProperty("java.home")), List.of(), words))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Starts, and leaves it to the caller, who may end it; what it says goes into two files. */
    static Process start(Path results, Path messages, String... words) throws IOException {
        return new ProcessBuilder(line(Path.of(System.getProperty("java.home")), List.of(), words))
                .redirectOutput(results.toFile())
                .redirectError(messages.toFile())
                .start();
    }

    private static List<String> line(Path javaHome, List<String> jvmOptions, String... words) {
        List<String> line = new ArrayList<>();
        line.add(javaHome.resolve("bin/java").toString());
        line.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        line.addAll(jvmOptions);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.graft.cli.Main"));
        line.addAll(List.of(words));
        return line;
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), UTF_8);
    }
}
