package dev.graft.compiler.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.testing.Fixtures;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every real model at hand is indexed as protobuf's own reader sees it: nodes, names, attributes, shapes and bytes. */
class CorpusScanTest {
    @TestFactory
    Stream<DynamicTest> sharedModels() {
        return Stream.of(
                        "models",
                        "conformance/exports",
                        "conformance/peft",
                        "conformance/onnx_node",
                        "conformance/onnx_adapter")
                .map(folder -> DynamicTest.dynamicTest(folder, () -> compareAll(Shared.path(folder))));
    }

    @TestFactory
    Stream<DynamicTest> ownModels() {
        return Stream.of(DynamicTest.dynamicTest(
                "fixtures", () -> compareAll(Fixtures.repository().resolve("fixtures"))));
    }

    private static void compareAll(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(file -> file.toString().endsWith(".onnx"))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            try {
                int[] compared = ProtobufComparison.compare(file);
                assertThat(compared[0] + compared[1]).as("nodes and tensors").isPositive();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(folder.relativize(file) + ": " + e.getMessage(), e);
            }
        }
    }
}
