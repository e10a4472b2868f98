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

    @Test
    void normalNumbersAreThoseOfPyTorchButForTheLastBits() {
        // torch.manual_seed(42); torch.randn(50); torch.empty(2).uniform_(0, 1)
        TorchRandom random = new TorchRandom(42);
        float[] values = random.normal(50, 1);
        assertThat(new float[] {values[0], values[15], values[16], values[33], values[34], values[40], values[49]})
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(
                        1.9269153f, 0.7624454f, 1.6423169f, -0.87123615f, 0.07802387f, -0.8371246f, 0.70781225f);
        assertThat(random.uniform(0, 1)).isEqualTo(0.9146959f);
        assertThat(random.uniform(0, 1)).isEqualTo(0.20364904f);
    }

    @Test
    void fewNormalNumbersComeInPairs() {
        // torch.manual_seed(42); torch.randn(5); torch.randn(32); torch.randn(3)
        TorchRandom random = new TorchRandom(42);
        assertThat(random.normal(5, 1))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(0.33669037f, 0.1288094f, 0.23446237f, 0.23033303f, -1.1228564f);
        float[] many = random.normal(32, 1);
        assertThat(new float[] {many[0], many[31]})
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(-0.2482575f, -0.60114205f);
        assertThat(random.normal(3, 1))
                .as("the first of them is the other half of the fifth")
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(-0.1863283f, -0.32775864f, 0.7949687f);
    }
}
