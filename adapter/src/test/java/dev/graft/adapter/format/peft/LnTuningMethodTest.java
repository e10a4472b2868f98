package dev.graft.adapter.format.peft;

import static dev.graft.adapter.format.peft.PeftAssertions.assertInvalid;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.TensorReplacement;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LnTuningMethodTest {
    private PeftFolderBuilder adapter;

    @BeforeEach
    void aNormalisationWithItsBias(@TempDir Path folder) {
        adapter = PeftFolderBuilder.of("LN_TUNING", folder).option("target_modules", "[\"norm\"]");
        adapter.tensor("norm.ln_tuning_layers.weight", 4).tensor("norm.ln_tuning_layers.bias", 4);
    }

    @Test
    void wholeNormalisationsTakeThePlaceOfTheBases() throws IOException {
        Adapter read = adapter.readStrictly();

        assertThat(read.method()).isEqualTo("LN tuning");
        assertThat(read.warnings()).isEmpty();
        assertThat(read.changes())
                .extracting(change -> change.module() + "." + ((TensorReplacement) change).parameter())
                .containsExactly("norm.bias", "norm.weight");
    }

    @Test
    void modulesToSaveAreReadBesideThem() throws IOException {
        adapter.tensor("score.weight", 2, 4).option("modules_to_save", "[\"score\"]");

        assertThat(adapter.readStrictly().changes()).hasSize(3);
    }

    @Test
    void factorsOfAnotherMethodAreRefused() {
        assertInvalid(
                adapter.tensor("q.lora_A.weight", 2, 3)::read,
                "1 tensors have no known meaning: base_model.model.q.lora_A.weight");
    }

    @Test
    void twoTensorsForOneParameterAreRefused() {
        assertInvalid(
                adapter.tensor("norm.ln_tuning_layers.default.weight", 3)::read,
                "it plays the same part as 'base_model.model.norm.ln_tuning_layers.");
    }

    @Test
    void aFileWithoutTensorsIsRefused() {
        assertInvalid(
                adapter.without("norm.ln_tuning_layers.weight").without("norm.ln_tuning_layers.bias")::read,
                "the file holds no change at all");
    }

    @Test
    void anotherMethodDoesNotReadThem() {
        assertInvalid(
                adapter.option("peft_type", "\"LORA\"").option("r", "2").option("lora_alpha", "2")::read,
                "2 tensors have no known meaning");
    }
}
