package dev.graft.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Against what PyTorch 2.13 printed. */
class TorchRandomTest {
    @Test
    void uniformNumbersAreThoseOfPyTorch() {
        // torch.manual_seed(42); torch.empty(1000).uniform_(-0.3, 0.7)
        TorchRandom random = new TorchRandom(42);
        float[] values = new float[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.uniform(-0.3f, 0.7f);
        }
        assertThat(values[0]).isEqualTo(0x1.2a1f32p-1f);
        assertThat(values[1]).isEqualTo(0x1.3ae1ccp-1f);
        assertThat(values[2]).isEqualTo(0x1.5368fp-4f);
        assertThat(values[3]).isEqualTo(0x1.519082p-1f);
        assertThat(values[700]).isEqualTo(0x1.0179d8p-1f);
        assertThat(values[999]).isEqualTo(-0x1.14d4ccp-2f);
    }

    @Test
    void onlyTheLowerHalfOfASeedCounts() {
        // torch.rand(1) after torch.manual_seed(7) and after torch.manual_seed(2**33 + 7)
        assertThat(new TorchRandom(7).uniform(0, 1)).isEqualTo(0x1.11e15ep-1f);
        assertThat(new TorchRandom((1L << 33) + 7).uniform(0, 1)).isEqualTo(0x1.11e15ep-1f);
    }
}
