package dev.graft.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.training.step.Batch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchesTest {
    @TempDir
    Path folder;

    private Workspace work;

    /** Rows a, bb, ccc, ..., so that a row's letter is its number and its length. */
    @BeforeEach
    void rows() {
        String rows = IntStream.range(0, 11)
                .mapToObj(
                        i -> "{\"text\": \"" + String.valueOf((char) ('a' + i)).repeat(i + 1) + "\"}")
                .collect(Collectors.joining("\n"));
        work = Workspace.in(folder).write("a.jsonl", rows);
    }

    @Test
    void inFileOrderTheLastBatchHasTheRest() {
        Batches batches = work.open("a.jsonl", "per_device_train_batch_size=4").training();

        assertThat(batches.size()).isEqualTo(3);
        assertThat(letters(batches, 0)).containsExactly("abcd", "efgh", "ijk");
        assertThat(letters(batches, 5)).isEqualTo(letters(batches, 0));
        assertThat(batches.longest()).isEqualTo(13);
    }

    @Test
    void everyEpochHasItsOwnOrderWhichTheSeedDecides() {
        Batches batches = shuffled("data_seed=7");

        assertThat(letters(batches, 0)).isNotEqualTo(letters(batches, 1));
        assertThat(String.join("", letters(batches, 1)).chars().sorted().toArray())
                .isEqualTo("abcdefghijk".chars().toArray());
        assertThat(letters(shuffled("data_seed=7"), 1)).isEqualTo(letters(batches, 1));
        assertThat(letters(shuffled("data_seed=8"), 1)).isNotEqualTo(letters(batches, 1));
        assertThat(letters(shuffled("seed=7"), 1)).isEqualTo(letters(batches, 1));
    }

    @Test
    void aRunGoesOnFromEpochAndNumberAlone() {
        Batches whole = shuffled("data_seed=7");
        List<Batch> expected = new ArrayList<>();
        for (int epoch = 0; epoch < 2; epoch++) {
            for (int i = 0; i < whole.size(); i++) {
                expected.add(whole.batch(epoch, i));
            }
        }

        Batches resumed = shuffled("data_seed=7");

        assertThat(resumed.batch(1, 2)).isEqualTo(expected.get(resumed.size() + 2));
        assertThat(resumed.batch(0, 1)).isEqualTo(expected.get(1));
    }

    @Test
    void rowsOfSimilarLengthComeTogetherWithTheLongestFirst() {
        Batches batches = work.open(
                        "a.jsonl", "disable_shuffling=false", "group_by_length=true", "per_device_train_batch_size=1")
                .training();

        assertThat(String.join("", letters(batches, 0))).isEqualTo("kjihgfedcba");
    }

    @Test
    void heldOutRowsAreChosenByTheSeedAndTheRestIsLearnt() {
        TrainingData part = work.open("a.jsonl", "val_size=0.2", "per_device_eval_batch_size=2");
        TrainingData number = work.open("a.jsonl", "val_size=3");

        String heldOut = String.join("", letters(part.evaluation().orElseThrow(), 0));
        String learnt = String.join("", letters(part.training(), 0));
        assertThat(heldOut).hasSize(3).isEqualTo(sorted(heldOut));
        assertThat(learnt).hasSize(8).isEqualTo(sorted(learnt));
        assertThat(sorted(heldOut + learnt)).isEqualTo("abcdefghijk");
        assertThat(String.join("", letters(number.evaluation().orElseThrow(), 0)))
                .isEqualTo(heldOut);
        assertThat(work.refused("a.jsonl", "val_size=11"))
                .hasMessage("--set val_size: val_size would hold out 11 of 11 rows, and leave none to learn from");
    }

    @Test
    void aFileMayBeCutToItsFirstRows() {
        work.write("b.jsonl", "{\"text\": \"x\"}\n{\"text\": \"y\"}\n{\"text\": \"z\"}\n");

        assertThat(String.join(
                        "",
                        letters(work.open("a.jsonl,b.jsonl", "max_samples=2").training(), 0)))
                .isEqualTo("abxy");
    }

    @Test
    void packedTextsHaveTheirOwnPositionsAndNoLabelLeadsFromOneToTheNext() {
        TrainingData data =
                work.open("a.jsonl", "max_samples=4", "packing=true", "cutoff_len=9", "per_device_train_batch_size=8");

        Batch batch = data.training().batch(0, 0);

        assertThat(data.training().packed()).isTrue();
        assertThat(Workspace.texts(batch))
                .containsExactly("<s>a</s><s>bb</s>", "<s>ccc</s><pad><pad>", "<s>dddd</s><pad>");
        assertThat(Workspace.learnt(batch)).containsExactly("a</s>.bb</s>.", "ccc</s>...", "dddd</s>..");
        assertThat(Workspace.rows(batch.inputs().get("position_ids")).get(0)).containsExactly(0, 1, 2, 0, 1, 2, 3);
        assertThat(batch.counted()).isEqualTo(2 + 3 + 4 + 5);
        assertThat(batch.tokens()).isEqualTo(3 + 4 + 5 + 6);
    }

    @Test
    void aPackHasTheTightestTextsThatFit() {
        Batches packed = work.open("a.jsonl", "packing=true", "cutoff_len=13", "per_device_train_batch_size=1")
                .training();

        int tokens = 0;
        for (int i = 0; i < packed.size(); i++) {
            Batch batch = packed.batch(0, i);
            assertThat(batch.tokens()).isLessThanOrEqualTo(13);
            tokens += (int) batch.tokens();
        }
        assertThat(tokens).isEqualTo(IntStream.rangeClosed(3, 13).sum());
        // 88 tokens need 7 sequences of 13 at least
        assertThat(packed.size()).isLessThanOrEqualTo(9);
    }

    private Batches shuffled(String seed) {
        return work.open("a.jsonl", "disable_shuffling=false", seed).training();
    }

    /** The letter of each row, batch by batch. */
    private static List<String> letters(Batches batches, int epoch) {
        return IntStream.range(0, batches.size())
                .mapToObj(i -> Workspace.texts(batches.batch(epoch, i)).stream()
                        .map(row -> row.substring(3, 4))
                        .collect(Collectors.joining()))
                .toList();
    }

    private static String sorted(String letters) {
        return letters.chars()
                .sorted()
                .mapToObj(letter -> String.valueOf((char) letter))
                .collect(Collectors.joining());
    }
}
