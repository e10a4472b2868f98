package dev.graft.runtime.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** 8 threads, 20,000 runs each, adapters and mixes at random, put, replaced and removed all the while. */
class SwitchingUnderLoadTest {
    private static final int RUNS = 20_000;

    /** The Java heap is fixed and touched, and what the compiler for hot code keeps is left out: what grows would be ours. */
    private static final List<String> STEADY_JVM =
            List.of("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private static final Pattern RESULT =
            Pattern.compile("wrong=(\\d+) runs=(\\d+) unknown=(\\d+) before=(\\d+) after=(\\d+)");

    @TempDir
    Path folder;

    @Test
    @EnabledOnOs(OS.LINUX)
    void noOutputIsWrongAndMemoryStaysFlat() throws Exception {
        Path model = SummingModel.write(folder.resolve("attached.onnx"));
        Path output = folder.resolve("output.txt");
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(STEADY_JVM);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                SwitchingLoad.class.getName(),
                model.toString(),
                "8",
                Integer.toString(RUNS)));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        assertThat(process.waitFor()).as(Files.readString(output)).isZero();
        Matcher result = RESULT.matcher(Files.readString(output));
        assertThat(result.find()).isTrue();
        assertThat(number(result, 1)).as("wrong outputs").isZero();
        assertThat(number(result, 2)).isEqualTo(8 * RUNS);
        assertThat(number(result, 3)).as("removed adapters that were asked for").isPositive();
        assertThat(number(result, 5) / (double) number(result, 4))
                .as("resident memory after all runs and after the first thousand, %s", result.group())
                .isLessThanOrEqualTo(1.05);
    }

    private static long number(Matcher result, int group) {
        return Long.parseLong(result.group(group));
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
