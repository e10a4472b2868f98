package dev.graft.cli.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.testing.Shared;
import org.junit.jupiter.api.Test;

class AdapterViewTest {
    @Test
    void whatTheBaseDecidesIsSaid() {
        assertThat(firstModule("llama/vera"))
                .contains("linear, as wide as the base's")
                .contains("[24]");
        assertThat(firstModule("conv/adalora"))
                .contains("linear or convolution")
                .contains("[8, 27]");
    }

    private static String firstModule(String variant) {
        Adapter adapter =
                AdapterFiles.readAdapter(Shared.path("conformance/peft/" + variant + "/adapter"), ReadOptions.DEFAULT);
        return AdapterView.Module.of(adapter.changes().get(0)).toString();
    }
}
