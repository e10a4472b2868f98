package dev.graft.batched;

import static dev.graft.batched.TextsAgainstAlone.FIRST;
import static dev.graft.batched.TextsAgainstAlone.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.batched.TextsAgainstAlone.Text;
import dev.graft.runtime.generate.Generation;
import dev.graft.runtime.generate.Generation.StopReason;
import dev.graft.runtime.generate.GenerationSettings;
import dev.graft.runtime.generate.sampling.SamplingSettings;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.testing.Fixtures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One decoder with a cache, as three exporters write it: texts side by side are those that each adapter gives alone with the cache. */
class CachedTextsTest {
    private static final AdapterMix MIX = AdapterMix.of("adapter-0", 0.6, "adapter-2", -0.5);

    /** Lengths from one token on, two alike, ends at different times, an adapter each or none or a mix. */
    private static final List<Text> TEXTS = List.of(
            Text.of(20, FIRST, 1, 7, 12),
            Text.of(5, AdapterMix.BASE, 9),
            Text.of(30, MIX, 4, 4, 8, 15, 16, 23, 2),
            Text.of(12, SECOND, 3, 21, 17),
            Text.of(25, SECOND, 3, 21, 17));

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"optimum_with_past, true", "optimum_merged, true", "ts, false", "dynamo, false"})
    void logitsAreThoseOfEachTextAlone(String export, boolean mixesLengths) throws InterruptedException {
        try (TextsAgainstAlone model = open(export)) {
            assertThat(model.largestDifference(TEXTS)).isLessThanOrEqualTo(1e-5);
            assertThat(model.decoder().mixesLengths())
                    .as("texts of different lengths share a run where the positions are fed")
                    .isEqualTo(mixesLengths);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimum_with_past", "optimum_merged", "ts", "dynamo"})
    void textsDrawnAndStoppedAreThoseOfEachAlone(String export) throws InterruptedException {
        SamplingSettings hot = SamplingSettings.GREEDY
                .withTemperature(1.3)
                .withTopP(0.9)
                .withRepetitionPenalty(1.2)
                .withSeed(11);
        try (TextsAgainstAlone model = open(export)) {
            List<Text> texts = new ArrayList<>(TEXTS);
            texts.set(0, stopping(model, TEXTS.get(0)));
            texts.set(2, TEXTS.get(2).with(TEXTS.get(2).settings().withSampling(hot)));
            texts.set(4, TEXTS.get(4).with(TEXTS.get(4).settings().withSampling(hot.withSeed(12))));

            List<Generation> generations = model.assertTextsAreThoseAlone(texts);

            assertThat(generations.get(0).reason()).isEqualTo(StopReason.STOP_STRING);
            assertThat(generations.get(0).newTokens()).hasSizeBetween(2, 8);
            assertThat(generations.get(2).newTokens())
                    .isNotEqualTo(model.alone(TEXTS.get(2)).newTokens());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimum_with_past", "ts"})
    void textsThatWaitForASlotJoinTheOthers(String export) throws InterruptedException {
        try (TextsAgainstAlone model =
                new TextsAgainstAlone(Fixtures.path("generation/decoders/" + export + ".onnx"), folder, 1)) {
            model.assertTextsAreThoseAlone(TEXTS);
        }
    }

    /** A prompt over the 512 tokens that are read at once. */
    @ParameterizedTest
    @ValueSource(strings = {"optimum_with_past", "ts"})
    void aPromptOfSeveralPiecesGoesBesideShortOnes(String export) throws InterruptedException {
        long[] prompt = LongStream.range(0, 600).map(i -> 3 + i % 20).toArray();
        try (TextsAgainstAlone model = open(export)) {
            List<Text> texts =
                    List.of(Text.of(10, FIRST, 1, 4), Text.of(15, SECOND, prompt), Text.of(5, FIRST, prompt));

            assertThat(model.largestDifference(texts)).isLessThanOrEqualTo(1e-5);
        }
    }

    /** The same with the text's seventh and eighth token as a string that ends it. */
    private static Text stopping(TextsAgainstAlone model, Text text) {
        String alone = model.alone(text).text();
        GenerationSettings stops = text.settings().withStopStrings(List.of(alone.substring(6, 8)));
        return text.with(stops);
    }

    private TextsAgainstAlone open(String export) {
        return new TextsAgainstAlone(Fixtures.path("generation/decoders/" + export + ".onnx"), folder);
    }
}
