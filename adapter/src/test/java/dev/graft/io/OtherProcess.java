package dev.graft.io;

import java.io.IOException;
import java.nio.file.Path;

/** Another Java process, which runs a test's main method. */
final class OtherProcess {
    private OtherProcess() {}

    static Process start(Class<?> main, Path argument) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        argument.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
