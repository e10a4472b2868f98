package dev.graft.cli.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.cli.text.Table;
import org.junit.jupiter.api.Test;

class LayersTest {
    @Test
    void layersThatAreAlikeAreOneLine() {
        Layers layers = new Layers(true);
        for (int layer : new int[] {0, 1, 2, 3, 7}) {
            layers.add("model.layers." + layer + ".q_proj", "8");
        }
        layers.add("model.layers.5.q_proj", "16");
        layers.add("lm_head", "8");
        layers.add("h.11.c_attn", "8");

        assertThat(layers.into(Table.withoutHeader(3)).toText(0)).isEqualTo("""
                        model.layers.[0-3,7].q_proj  5  8
                        model.layers.5.q_proj        1  16
                        lm_head                      1  8
                        h.11.c_attn                  1  8
                        """);
    }

    @Test
    void onlyTheFirstNumberIsALayer() {
        Layers layers = new Layers(true);
        layers.add("blocks.0.experts.1.up", "8");
        layers.add("blocks.1.experts.1.up", "8");
        layers.add("blocks.0.experts.2.up", "8");
        layers.add("conv2d.0", "8");

        assertThat(layers.into(Table.withoutHeader(3)).toText(0)).isEqualTo("""
                        blocks.[0,1].experts.1.up  2  8
                        blocks.0.experts.2.up      1  8
                        conv2d.0                   1  8
                        """);
    }

    @Test
    void allListsEachByItself() {
        Layers layers = new Layers(false);
        layers.add("layers.0.q", "8");
        layers.add("layers.1.q", "8");

        assertThat(layers.into(Table.withoutHeader(3)).toText(0).lines()).hasSize(2);
    }
}
