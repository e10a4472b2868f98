package dev.graft.runtime.generate.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenSamplerTest {
    private static final double NEVER = Double.NEGATIVE_INFINITY;

    @Test
    void greedyTakesTheFirstOfTheLikeliest() {
        TokenSampler sampler =
                TokenSampler.of(SamplingSettings.GREEDY.withTopK(3).withTopP(0.5));

        assertThat(sampler.choose(new double[] {1, 4, 4, 2})).isEqualTo(1);
        assertThat(sampler.choose(new double[] {NEVER, -3, Double.NaN})).isEqualTo(1);
        assertThat(sampler.choose(new double[] {0, Double.POSITIVE_INFINITY})).isEqualTo(1);
    }

    @Test
    void greedyHeedsTheRepetitionPenalty() {
        TokenSampler sampler = TokenSampler.of(SamplingSettings.GREEDY.withRepetitionPenalty(2));
        sampler.see(0);
        sampler.see(-1);
        sampler.see(Long.MAX_VALUE);

        assertThat(sampler.choose(new double[] {5, 3, -1})).isEqualTo(1);
        assertThat(sampler.choose(new double[] {-1, -1.5, -1.9})).isEqualTo(1);
    }

    @Test
    void theSeedDecidesTheDraws() {
        SamplingSettings warm = SamplingSettings.GREEDY.withTemperature(1);
        // nextDouble of java.util.Random(42): 0.728, 0.683, 0.309, 0.277, 0.666, 0.903, 0.369, 0.276, 0.464, 0.783;
        // borders at 0.090 and 0.335
        assertThat(draws(warm.withSeed(42))).containsExactly(2, 2, 1, 1, 2, 2, 2, 1, 2, 2);
        assertThat(draws(warm.withSeed(42))).isEqualTo(draws(warm.withSeed(42)));
        assertThat(draws(warm.withSeed(43))).isNotEqualTo(draws(warm.withSeed(42)));
    }

    @Test
    void whatCannotComeIsNeverDrawn() {
        TokenSampler sampler = TokenSampler.of(SamplingSettings.GREEDY.withTemperature(1));

        for (int i = 0; i < 500; i++) {
            assertThat(sampler.choose(new double[] {NEVER, 0.3, Double.NaN, 0.2, NEVER}))
                    .isIn(1, 3);
        }
        assertThat(sampler.choose(new double[] {7, Double.POSITIVE_INFINITY, 3}))
                .isEqualTo(1);
    }

    @Test
    void logitsWithoutANumberAreRefused() {
        GraftException error = catchThrowableOfType(
                GraftException.class,
                () -> TokenSampler.of(SamplingSettings.GREEDY).choose(new double[] {Double.NaN, NEVER}));

        assertThat(error.code()).isEqualTo(ErrorCode.RUNTIME_FAILED);
        assertThat(error).hasMessage("no logit is a number");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "-0.1 ~ 0 ~ 1 ~ 1 ~ expected a temperature from 0, got -0.1",
                "NaN ~ 0 ~ 1 ~ 1 ~ expected a temperature from 0, got NaN",
                "1 ~ -1 ~ 1 ~ 1 ~ expected a top-k from 0, got -1.0",
                "1 ~ 0 ~ 1.1 ~ 1 ~ expected a top-p from 0 to 1, got 1.1",
                "1 ~ 0 ~ 1 ~ 0 ~ expected a repetition penalty above 0, got 0.0",
            })
    void settingsOutOfRangeAreRefused(double temperature, int topK, double topP, double penalty, String message) {
        Supplier<SamplingSettings> settings = () -> new SamplingSettings(temperature, topK, topP, penalty, 0);

        GraftException error = catchThrowableOfType(GraftException.class, settings::get);

        assertThat(error.code()).isEqualTo(ErrorCode.USAGE);
        assertThat(error).hasMessage(message);
    }

    private static int[] draws(SamplingSettings settings) {
        TokenSampler sampler = TokenSampler.of(settings);
        return IntStream.range(0, 10)
                .map(i -> sampler.choose(new double[] {0, 1, 2}))
                .toArray();
    }
}
