package dev.graft.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class SharedTest {
    private final String place = System.getProperty("graft.shared", "");
    private final String required = System.getProperty("graft.shared.required", "");

    @TempDir
    Path folder;

    @BeforeEach
    void useTheFolder() {
        System.setProperty("graft.shared", folder.toString());
        System.setProperty("graft.shared.required", "false");
    }

    @AfterEach
    void restore() {
        restore("graft.shared", place);
        restore("graft.shared.required", required);
    }

    @Test
    void anAbsentPartSkipsTheTestAndSaysWhichOne() {
        assertThatThrownBy(() -> Shared.path("conformance/peft/llama"))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("shared data not found: " + folder.resolve("conformance/peft/llama"))
                .hasMessageContaining("-Dgraft.shared=FOLDER");
    }

    @Test
    void anAbsentPartFailsTheTestWhereTheDataIsRequired() {
        System.setProperty("graft.shared.required", "true");

        assertThatThrownBy(() -> Shared.path("conformance"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("shared data not found");
    }

    @Test
    void aPresentPartIsGiven() throws Exception {
        Files.createDirectories(folder.resolve("models/tiny"));

        assertThat(Shared.path("models/tiny")).isEqualTo(folder.resolve("models/tiny"));
    }

    @Test
    void theRepositoryIsTheFolderOfTheLauncher() {
        assertThat(Fixtures.repository().resolve("graft")).isRegularFile();
    }

    private static void restore(String name, String value) {
        if (value.isEmpty()) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, value);
        }
    }
}
