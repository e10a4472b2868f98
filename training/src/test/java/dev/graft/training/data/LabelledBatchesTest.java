package dev.graft.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.DType;
import dev.graft.training.step.Batch;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelledBatchesTest {
    @TempDir
    Path folder;

    private Workspace work;

    @BeforeEach
    void workspace() {
        work = Workspace.in(folder);
    }

    @Test
    void aTabSeparatedFileIsTakenAsItStands() {
        work.write("sst.tsv", "\uFEFFsentence\tlabel\r\n\"so far , so good\t1\r\nbad\t0\r\n");

        TrainingData data = work.open("sst.tsv", "loss=classification");
        Batch batch = data.training().batch(0, 0);

        assertThat(Workspace.texts(batch).get(0)).isEqualTo("[CLS]\"so far , so good[SEP]");
        assertThat(Workspace.texts(batch).get(1)).startsWith("[CLS]bad[SEP]<pad>");
        assertThat(batch.labels().orElseThrow()).hasToString("int64 [2]");
        assertThat(batch.labels().orElseThrow().toLongs()).containsExactly(1, 0);
        assertThat(batch.counted()).isEqualTo(2);
        assertThat(batch.tokens()).isEqualTo(19 + 5);
        assertThat(data.report().classNames()).isEmpty();
    }

    @Test
    void pairsHaveTypesAndNamedLabelsAreNumberedByTheAlphabet() {
        work.write("rte.tsv", "index\tsentence1\tsentence2\tlabel\n0\tab\tc\tnot_entailment\n1\td\tef\tentailment\n")
                .write("dev.tsv", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tnot_entailment\n");

        TrainingData data = work.open("rte.tsv", "loss=classification", "eval_dataset=dev.tsv");
        Batch batch = data.training().batch(0, 0);

        assertThat(Workspace.texts(batch)).containsExactly("[CLS]ab[SEP]c[SEP]", "[CLS]d[SEP]ef[SEP]");
        assertThat(Workspace.rows(batch.inputs().get("token_type_ids")).get(0)).containsExactly(0, 0, 0, 0, 1, 1);
        assertThat(batch.labels().orElseThrow().toLongs()).containsExactly(1, 0);
        assertThat(data.report().classNames()).containsExactly("entailment", "not_entailment");
        assertThat(data.evaluation()
                        .orElseThrow()
                        .batch(0, 0)
                        .labels()
                        .orElseThrow()
                        .toLongs())
                .containsExactly(1);
    }

    @Test
    void classesHaveTheNumbersOfTheModelsConfigurationOrOfTheirGivenOrder() {
        work.write("a.jsonl", "{\"text\": \"x\", \"label\": \"neg\"}\n{\"text\": \"y\", \"label\": 1}\n")
                .write("config.json", "{\"id2label\": {\"0\": \"pos\", \"1\": \"neg\"}}");

        assertThat(labels(work.open("a.jsonl", "loss=classification"))).containsExactly(1, 1);
        assertThat(labels(work.open("a.jsonl", "loss=classification", "class_names=[neg, pos]")))
                .containsExactly(0, 1);
        work.write("config.json", "{\"id2label\": {\"0\": \"LABEL_0\", \"1\": \"LABEL_1\"}}");
        assertThat(labels(work.open("a.jsonl", "loss=classification"))).containsExactly(1, 0);
    }

    @Test
    void aNumberIsTheLabelOfARegression() {
        work.write("a.csv", "text,score\nx,0.25\n\"y, z\",-3e2\n");

        Batch batch = work.open("a.csv", "loss=regression", "label_column=score")
                .training()
                .batch(0, 0);

        assertThat(batch.labels().orElseThrow().dtype()).isEqualTo(DType.FLOAT32);
        assertThat(batch.labels().orElseThrow().toDoubles()).containsExactly(0.25, -300);
        assertThat(Workspace.texts(batch).get(1)).isEqualTo("[CLS]y, z[SEP]");
    }

    @ParameterizedTest
    @CsvSource({
        "10, [CLS]abcdef[SEP]x[SEP]",
        "8, [CLS]abcd[SEP]x[SEP]",
        "5, [CLS]a[SEP]x[SEP]",
        "3, [CLS][SEP][SEP]",
    })
    void theLongerTextIsCutFirstAndSpecialTokensStay(int cutoff, String expected) {
        work.write("a.jsonl", "{\"text\": \"abcdef\", \"text_pair\": \"x\", \"label\": 0}\n");

        TrainingData data = work.open("a.jsonl", "loss=classification", "cutoff_len=" + cutoff);

        assertThat(Workspace.texts(data.training().batch(0, 0))).containsExactly(expected);
        assertThat(data.report().cut()).isEqualTo(cutoff == 10 ? 0 : 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "classification | {\"text\": \"a\"} | expected a column for the label, one of label, labels; the row has [text]",
                "classification | {\"label\": 1} | expected a column for the text, one of text, sentence, sentence1, premise, question; the row has [label]",
                "classification | {\"text\": \"a\", \"label\": null} | expected 'label' to be a text or a number, got null",
                "regression | {\"text\": \"a\", \"labels\": null} | expected 'labels' to be a text or a number, got null",
                "classification | {\"sentence\": null, \"label\": 1} | expected 'sentence' to be a text, got null",
                "classification | {\"text\": \"a\", \"label\": [1]} | expected 'label' to be a text or a number, got an array",
                "classification | {\"text\": \"a\", \"label\": \"yess\"} | expected a label of [no, yes], got 'yess': Did you mean 'yes'?",
                "classification | {\"text\": \"a\", \"label\": 2} | expected a label of [no, yes], got '2'",
                "classification | {\"text\": \"a\", \"label\": \"\"} | expected 'label' to be a class or a number, got nothing",
                "regression | {\"text\": \"a\", \"label\": \" \"} | expected 'label' to be a class or a number, got nothing",
                "regression | {\"text\": \"a\", \"label\": \"high\"} | expected the label to be a number, got 'high'",
                "regression | {\"text\": \"a\", \"label\": \"NaN\"} | expected the label to be a finite number, got 'NaN'",
            })
    void badLabelsAreRefusedWithTheirLine(String loss, String row, String message) {
        work.write("a.jsonl", row + "\n");

        GraftException error = work.refused("a.jsonl", "loss=" + loss, "class_names=[no, yes]");

        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_DATA_INVALID);
        assertThat(error).hasMessage(message);
        assertThat(error.location().toString()).endsWith("a.jsonl, line 1");
    }

    @Test
    void aLabelThatNoTrainingRowHasIsRefusedInEvaluation() {
        work.write("a.jsonl", "{\"text\": \"x\", \"label\": \"neg\"}\n{\"text\": \"y\", \"label\": \"pos\"}\n")
                .write("b.jsonl", "{\"text\": \"x\", \"label\": \"neutral\"}\n");

        GraftException error = work.refused("a.jsonl", "loss=classification", "eval_dataset=b.jsonl");

        assertThat(error).hasMessage("expected a label of [neg, pos], got 'neutral'");
        assertThat(error.location().toString()).endsWith("b.jsonl, line 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0, -1 | 3 | -1 | class_names: [-1, 0]",
                "1.5, 0, 10, 9 | 2 | 1.5 | class_names: [0, 1.5, 9, 10]",
                "0, 1.0 | 3 | 1.0 | class_names: [0, 1.0]",
                "1e3, -2e3 | 2 | 1e3 | class_names: [-2e3, 1e3]",
                "0, 1000000 | 3 | 1000000 | class_names: [0, 1000000]",
                "0,1,2,3,4,5,6,7,8,9,-1 | 12 | -1 | class_names which"
            })
    void numbersThatAreNoClassesAreNotTakenForNames(String labels, int line, String got, String key) {
        StringBuilder rows = new StringBuilder("text,label\n");
        for (String label : labels.split(",", -1)) {
            rows.append("x,").append(label.strip()).append('\n');
        }
        work.write("a.csv", rows.toString());

        GraftException error = work.refused("a.csv", "loss=classification", "skip_bad_rows=true");

        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_DATA_INVALID);
        assertThat(error)
                .hasMessage(
                        "expected labels to be names of classes, or their numbers, which are whole and from 0 to 999999, got '"
                                + got + "' where all are numbers");
        assertThat(error.location().toString()).endsWith("a.csv, line " + line);
        assertThat(error.remedy()).contains(key).endsWith("to learn the numbers themselves set loss: regression.");
    }

    @Test
    void theRemedyForSuchNumbersHelps() {
        work.write("a.jsonl", "{\"text\": \"x\", \"label\": 0}\n{\"text\": \"y\", \"label\": -1}\n");

        assertThat(labels(work.open("a.jsonl", "loss=classification", "class_names=[-1, 0]")))
                .containsExactly(1, 0);
    }

    @Test
    void classesAreToldWithTheirNumbers() {
        work.write("a.csv", "text,label\nx,praise\ny,complaint\nz,7\n");
        assertThat(work.open("a.csv", "loss=classification").report().classes())
                .isEqualTo("0 = 7, 1 = complaint, 2 = praise");

        StringBuilder rows = new StringBuilder("text,label\n");
        for (int i = 100; i < 202; i++) {
            rows.append("x,c").append(i).append('\n');
        }
        work.write("a.csv", rows.toString());
        assertThat(work.open("a.csv", "loss=classification").report().classes())
                .startsWith("0 = c100, 1 = c101, ")
                .endsWith(", 99 = c199 and 2 more");

        work.write("a.csv", "text,label\nx,1\n");
        assertThat(work.open("a.csv", "loss=classification").report().classes()).isEmpty();
    }

    @Test
    void anEmptyLabelIsNoClass() {
        work.write("a.csv", "text,label\nx,yes\ny,\nz,no\n");

        assertThat(work.refused("a.csv", "loss=classification").location().toString())
                .endsWith("a.csv, line 3");
        assertThat(work.open("a.csv", "loss=classification", "skip_bad_rows=true")
                        .report()
                        .classNames())
                .containsExactly("no", "yes");
    }

    @Test
    void malformedTablesAreRefused() {
        work.write("a.csv", "text,label\nx,1\n\"y,0\n")
                .write("e.csv", "text,label\n\"x\"y,1\n")
                .write("b.csv", "text,text\nx,1\n")
                .write("c.tsv", "text\tlabel\nx\n")
                .write("d.csv", "text,label\nx,1,2\n");

        assertThat(work.refused("a.csv", "loss=classification")).message().startsWith("not CSV: ");
        assertThat(work.refused("e.csv", "loss=classification")).message().startsWith("not CSV: ");
        assertThat(work.refused("b.csv", "loss=classification"))
                .hasMessage("expected columns of different names, got [text, text]");
        assertThat(work.refused("c.tsv", "loss=classification"))
                .hasMessage("expected 2 fields, as the first line has, got 1");
        assertThat(work.refused("d.csv", "loss=classification"))
                .hasMessage("expected 2 fields, as the first line has, got 3");
    }

    @Test
    void labelledRowsCannotBePacked() {
        work.write("a.jsonl", "{\"text\": \"x\", \"label\": 1}\n");

        assertThat(work.refused("a.jsonl", "loss=classification", "packing=true"))
                .hasMessage("--set packing: true needs texts for a language model");
        assertThat(work.open("a.jsonl", "loss=classification").report().tokens())
                .isEqualTo(3);
    }

    private static long[] labels(TrainingData data) {
        return data.training().batch(0, 0).labels().orElseThrow().toLongs();
    }
}
