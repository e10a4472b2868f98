package dev.graft.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.testing.Shared;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Public data sets as they were published; the numbers of rows are those that Python's csv module counts. */
class RealDataTest {
    @TempDir
    Path folder;

    @Test
    void sentencesOfSst2() {
        TrainingData data =
                open("sst2/train.tsv", "loss=classification", "eval_dataset=" + Shared.path("datasets/sst2/dev.tsv"));

        assertThat(data.report().rows()).isEqualTo(67_349);
        assertThat(data.report().classNames()).isEmpty();
        assertThat(data.training().size()).isEqualTo(33_675);
        assertThat(data.evaluationReport().orElseThrow().rows()).isEqualTo(872);
    }

    @Test
    void pairsOfRte() {
        TrainingData data = open("rte/train.tsv", "loss=classification");

        assertThat(data.report().rows()).isEqualTo(2490);
        assertThat(data.report().classNames()).containsExactly("entailment", "not_entailment");
    }

    @Test
    void quotedFieldsOfE2e() {
        TrainingData data = open("e2e/devset.csv", "prompt_column=mr", "completion_column=ref");

        assertThat(data.report().rows()).isEqualTo(4672);
        assertThat(Workspace.texts(data.training().batch(0, 0)).get(0))
                .isEqualTo(
                        "<s>name[Alimentum], area[city centre], familyFriendly[no]There is a place in the city centre, Alimentum, that is not "
                                + "family-friendly.</s><pad><pad><pad><pad><pad><pad><pad><pad><pad><pad><pad><pad>");
    }

    private TrainingData open(String dataset, String... settings) {
        return Workspace.in(folder).open(Shared.path("datasets/" + dataset).toString(), settings);
    }
}
