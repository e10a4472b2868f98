package dev.graft.training.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.training.run.checkpoint.Position;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RunGeometryTest {
    @Test
    void theLastUpdateOfAnEpochTakesWhatIsLeft() {
        RunGeometry geometry = RunGeometry.of(11, Runs.updates());

        assertThat(geometry.updatesPerEpoch()).isEqualTo(4);
        assertThat(geometry.totalUpdates()).isEqualTo(16);
        assertThat(new int[] {geometry.size(0), geometry.size(2), geometry.size(3), geometry.size(4), geometry.size(7)})
                .containsExactly(3, 3, 2, 3, 2);
        assertThat(geometry.firstIndex(3)).isEqualTo(9);
        assertThat(geometry.firstIndex(4)).isZero();
        assertThat(geometry.epoch(4)).isEqualTo(1);
        assertThat(geometry.epochs(new Position(4, 0))).isEqualTo(1);
        assertThat(geometry.epochs(new Position(5, 1))).isEqualTo(1 + 4.0 / 11);
    }

    @Test
    void theWeightIsOneOverTheLabelsOfTheWholeUpdate() {
        long[] labels = {0, -100, 2, 1, -100, -100};
        Rows rows = new Rows(new float[6], labels, 1, 2);
        RunGeometry geometry = new RunGeometry(3, 2, 2);

        assertThat(UpdateBatches.of(rows, geometry, 0).weight()).isEqualTo(1 / 3f);
        // nothing to learn from, and nothing that is not a number
        assertThat(UpdateBatches.of(rows, geometry, 1).weight()).isZero();
        assertThat(UpdateBatches.of(rows, geometry, 1).size()).isEqualTo(1);
    }

    @Test
    void everyMicroBatchHasItsOwnSeed() {
        long[] seeds = new long[3000];
        for (int i = 0; i < seeds.length; i++) {
            seeds[i] = DropoutSeeds.of(i / 1000, new Position(i / 10 % 100, i % 10));
        }

        assertThat(Arrays.stream(seeds).distinct().count()).isEqualTo(seeds.length);
        assertThat(DropoutSeeds.of(42, new Position(3, 1))).isEqualTo(DropoutSeeds.of(42, new Position(3, 1)));
    }
}
