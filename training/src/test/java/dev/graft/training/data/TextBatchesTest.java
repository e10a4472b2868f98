package dev.graft.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.training.step.Batch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextBatchesTest {
    @TempDir
    Path folder;

    private Workspace work;

    @BeforeEach
    void workspace() {
        work = Workspace.in(folder);
    }

    @Test
    void theCompletionIsLearntAndShorterRowsArePadded() {
        work.write(
                "a.jsonl",
                "{\"prompt\": \"ab\", \"completion\": \"cd\"}\n\n{\"prompt\": \"e\", \"completion\": \"f\"}\r\n");

        TrainingData data = work.open("a.jsonl");
        Batch batch = data.training().batch(0, 0);

        assertThat(Workspace.texts(batch)).containsExactly("<s>abcd</s>", "<s>ef</s><pad><pad>");
        assertThat(Workspace.learnt(batch)).containsExactly("..cd</s>.", ".f</s>...");
        assertThat(batch.inputs().get("attention_mask").toLongs()).containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0);
        assertThat(batch.inputs()).doesNotContainKey("position_ids");
        assertThat(batch.counted()).isEqualTo(5);
        assertThat(batch.tokens()).isEqualTo(10);
        assertThat(data.report().longest()).isEqualTo(6);
        assertThat(data.report().counted()).isEqualTo(5);
    }

    @Test
    void promptsAreLearntTooIfAskedFor() {
        work.write("a.jsonl", "{\"prompt\": \"ab\", \"completion\": \"cd\"}\n");

        Batch batch = work.open("a.jsonl", "train_on_prompt=true").training().batch(0, 0);

        assertThat(Workspace.learnt(batch)).containsExactly("abcd</s>.");
        assertThat(batch.counted()).isEqualTo(5);
    }

    @Test
    void theTokensAroundATextCanBeTurnedOff() {
        work.write("a.jsonl", "{\"text\": \"abc\"}\n");

        assertThat(Workspace.texts(work.open("a.jsonl").training().batch(0, 0))).containsExactly("<s>abc</s>");
        Batch bare = work.open("a.jsonl", "add_bos=false", "add_eos=false")
                .training()
                .batch(0, 0);
        assertThat(Workspace.texts(bare)).containsExactly("abc");
        assertThat(Workspace.learnt(bare)).containsExactly("bc.");
        assertThat(bare.counted()).isEqualTo(2);
        work.write("tokenizer_config.json", "{\"add_bos_token\": false, \"bos_token\": \"<s>\", \"eos_token\": null}")
                .write("config.json", "{\"eos_token_id\": 2, \"bos_token_id\": 1, \"pad_token_id\": 0}");
        assertThat(Workspace.texts(work.open("a.jsonl").training().batch(0, 0))).containsExactly("abc");
        assertThat(Workspace.texts(
                        work.open("a.jsonl", "add_bos=true").training().batch(0, 0)))
                .containsExactly("<s>abc");
    }

    @Test
    void specialTokensComeFromTheModelWhereTheTokenizerSaysNothing() {
        work.write("a.jsonl", "{\"text\": \"abc\"}\n{\"text\": \"d\"}")
                .write("tokenizer_config.json", "{}")
                .write("config.json", "{\"eos_token_id\": [2, 4], \"bos_token_id\": 1}");

        assertThat(Workspace.texts(work.open("a.jsonl").training().batch(0, 0)))
                .containsExactly("<s>abc</s>", "<s>d</s></s></s>");

        work.write("config.json", "{}");
        GraftException error = work.refused("a.jsonl", "add_bos=true");
        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_CONFIG_INVALID);
        assertThat(error)
                .hasMessage("--set add_bos: true, but neither tokenizer_config.json nor config.json names the token");
    }

    @Test
    void batchesAreRoundedUpToAMultiple() {
        work.write("a.jsonl", "{\"text\": \"abc\"}\n");

        assertThat(Workspace.texts(
                        work.open("a.jsonl", "pad_to_multiple_of=8").training().batch(0, 0)))
                .containsExactly("<s>abc</s><pad><pad><pad>");
    }

    /** Expected values of LLaMA-Factory's infer_seqlen(source_len, target_len, cutoff_len); the prompt here has BOS, the answer EOS. */
    @ParameterizedTest
    @CsvSource({
        "10, 4, 10, 6, 4",
        "4, 10, 10, 4, 6",
        "10, 10, 10, 5, 5",
        "30, 10, 16, 12, 4",
        "6, 20, 13, 6, 7",
        "7, 9, 16, 7, 9",
        "7, 3, 20, 7, 3",
        "2, 7, 8, 2, 6",
    })
    void longRowsAreCutAsLlamaFactoryDoes(int prompt, int answer, int cutoff, int keptPrompt, int keptAnswer) {
        String row =
                "{\"prompt\": \"" + "p".repeat(prompt - 1) + "\", \"completion\": \"" + "a".repeat(answer - 1) + "\"}";
        work.write("a.jsonl", row + "\n");

        TrainingData data = work.open("a.jsonl", "cutoff_len=" + cutoff);

        String whole = "a".repeat(answer - 1) + "</s>";
        String kept = keptAnswer == answer ? whole : whole.substring(0, keptAnswer);
        assertThat(Workspace.texts(data.training().batch(0, 0)))
                .containsExactly("<s>" + "p".repeat(keptPrompt - 1) + kept);
        assertThat(data.training().batch(0, 0).counted()).isEqualTo(keptAnswer);
        assertThat(data.report().cut()).isEqualTo(keptPrompt + keptAnswer < prompt + answer ? 1 : 0);
    }

    @Test
    void ofAConversationEveryAnswerIsLearntOrOnlyTheLast() {
        work.write(
                "a.jsonl",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"},"
                        + " {\"role\": \"user\", \"content\": \"c\"}, {\"role\": \"assistant\", \"content\": \"d\"}]}\n");

        Batch all = work.open("a.jsonl", "template=plain").training().batch(0, 0);
        Batch last = work.open("a.jsonl", "template=plain", "mask_history=true")
                .training()
                .batch(0, 0);

        assertThat(Workspace.texts(all)).containsExactly("<s>ab</s>\ncd</s>\n");
        assertThat(Workspace.learnt(all)).containsExactly(".b</s>\n.d</s>\n.");
        assertThat(Workspace.learnt(last)).containsExactly(".....d</s>\n.");
        assertThat(last.counted()).isEqualTo(3);
    }

    @Test
    void withMaskHistoryTheLastExchangeHasRoomFirst() {
        work.write(
                "a.jsonl",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"aaaa\"}, {\"role\": \"assistant\", \"content\": \"bbbb\"},"
                        + " {\"role\": \"user\", \"content\": \"c\"}, {\"role\": \"assistant\", \"content\": \"d\"}]}\n");

        assertThat(Workspace.texts(work.open("a.jsonl", "template=plain", "mask_history=true", "cutoff_len=8")
                        .training()
                        .batch(0, 0)))
                .containsExactly("<s>abbcd</s>\n");
        assertThat(Workspace.texts(work.open("a.jsonl", "template=plain", "cutoff_len=8")
                        .training()
                        .batch(0, 0)))
                .containsExactly("<s>aaabbbb");
    }

    @Test
    void alpacaAndShareGptAreConversations() {
        work.write(
                        "a.json",
                        "[{\"instruction\": \"Add\", \"input\": \"1 2\", \"output\": \"3\", \"system\": \"Be brief.\", \"history\": [[\"Hi\", \"Ho\"]]},"
                                + " {\"instruction\": \"Go\", \"input\": \"\", \"output\": \"Gone\"}]")
                .write(
                        "b.jsonl",
                        "{\"conversations\": [{\"from\": \"system\", \"value\": \"S\"}, {\"from\": \"human\", \"value\": \"a\"}, {\"from\": \"gpt\", \"value\": "
                                + "\"b\"}]}\n");

        TrainingData data = work.open("a.json,b.jsonl", "template=plain", "per_device_train_batch_size=3");

        assertThat(Workspace.texts(data.training().batch(0, 0)))
                .satisfiesExactly(
                        row -> assertThat(row).isEqualTo("<s>Be brief.\nHiHo</s>\nAdd\n1 23</s>\n"),
                        row -> assertThat(row).startsWith("<s>GoGone</s>\n<pad>"),
                        row -> assertThat(row).startsWith("<s>S\nab</s>\n<pad>"));
        assertThat(data.report().template()).contains("plain");
    }

    @Test
    void columnsCanHaveOtherNames() {
        work.write("a.csv", "mr,ref\n\"name[A], \"\"b\"\"\",\"An A,\nindeed\"\n");

        assertThat(Workspace.texts(work.open("a.csv", "prompt_column=mr", "completion_column=ref")
                        .training()
                        .batch(0, 0)))
                .containsExactly("<s>name[A], \"b\"An A,\nindeed</s>");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"prompt\": 1, \"completion\": \"a\"} | expected 'prompt' to be a text, got a number",
                "{\"prompt\": \"a\", \"completion\": null} | expected columns prompt and completion, messages, conversations, instruction and output, or text; "
                        + "got [prompt, completion]",
                "{\"prompt\": \"a\" | not valid JSON: End of input",
                "[1] | expected a JSON object, got an array",
                "{\"prompt\": \"\", \"prompt\": \"\"} | the key 'prompt' occurs twice",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]} | expected user and assistant in turn, ending with the assistant, got 1 messages "
                        + "besides the system's",
                "{\"messages\": [{\"role\": \"cat\", \"content\": \"a\"}]} | message 1: expected one of [assistant, system, tool, user] to speak, got 'cat'",
                "{\"messages\": [{\"role\": \"user\"}]} | message 1: expected an object with the texts 'role' and 'content'",
                "{\"messages\": \"a\"} | expected 'messages' to be a list of messages, got a string",
                "{\"instruction\": \"a\", \"output\": \"b\", \"history\": [[\"a\"]]} | expected 'history' to be a list of pairs of texts",
            })
    void badRowsAreRefusedWithTheirLine(String row, String message) {
        work.write("a.jsonl", "\n" + row + "\n");

        GraftException error = work.refused("a.jsonl", "template=plain");

        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_DATA_INVALID);
        assertThat(error).message().startsWith(message);
        assertThat(error.location().toString()).endsWith("a.jsonl, line 2");
        assertThat(error.remedy()).isEqualTo("Mend the row, or leave such rows out with skip_bad_rows: true.");
    }

    @Test
    void aConversationWithoutToolsMayHaveAnEmptyColumnForThem() {
        String said =
                "[{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\", \"tool_calls\": null}]";
        for (String none : new String[] {"null", "[]", "\"\"", "\"[]\""}) {
            work.write("a.jsonl", "{\"messages\": " + said + ", \"tools\": " + none + "}\n");

            assertThat(work.open("a.jsonl", "template=plain").report().rows())
                    .as(none)
                    .isEqualTo(1);
        }
    }

    @Test
    void badRowsAreCountedAndListedIfAskedFor() {
        work.write("a.jsonl", "{\"text\": \"a\"}\n{\"text\": 1}\nnonsense\n{\"text\": \"b\"}\n{\"text\": \"\"}\n");

        TrainingData data = work.open("a.jsonl", "skip_bad_rows=true", "add_eos=false");

        assertThat(Workspace.texts(data.training().batch(0, 0))).containsExactly("<s>a", "<s>b");
        assertThat(data.report().badRows()).isEqualTo(3);
        assertThat(data.report().listed()).extracting(DataReport.BadRow::line).containsExactly(2L, 3L, 5L);
        assertThat(data.report().listed().get(0).problem()).isEqualTo("expected 'text' to be a text, got a number");
        assertThat(data.report().listed().get(2).problem()).isEqualTo("there is nothing to learn: the answer is empty");
    }

    @ParameterizedTest
    @CsvSource({"a.jsonl", "a.csv", "a.tsv"})
    void bytesThatAreNoTextAreAFaultOfTheirLine(String file) throws IOException {
        String rows = file.endsWith("l")
                ? "{\"text\": \"a\"}\n{\"text\": \"caf?\"}\n{\"text\": \"b\"}\n"
                : "text\na\ncaf?\nb\n";
        byte[] bytes = rows.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = bytes[i] == '?' ? (byte) 0xe9 : bytes[i];
        }
        Files.write(folder.resolve(file), bytes);
        int line = file.endsWith("l") ? 2 : 3;

        GraftException error = work.refused(file);
        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_DATA_INVALID);
        assertThat(error).message().startsWith("expected UTF-8 text, got the byte 0xe9, the line's number ");
        assertThat(error.location().toString()).endsWith(file + ", line " + line);
        TrainingData kept = work.open(file, "skip_bad_rows=true");
        assertThat(Workspace.texts(kept.training().batch(0, 0))).containsExactly("<s>a</s>", "<s>b</s>");
        assertThat(kept.report().listed()).extracting(DataReport.BadRow::line).containsExactly((long) line);
    }

    @Test
    void quotesOutOfPlaceAreAFaultOfTheirLine() {
        work.write(
                "a.csv",
                "\uFEFFprompt,completion\r\n\"in \"quotes\"\",a\r\n\"two\r\nlines \"\"here\"\"\",b\r\n\"open,c\r\nd,e\r\n\r\n\"f, g\",5\" disk\r\nh,\"i\r\n");

        GraftException error = work.refused("a.csv");
        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_DATA_INVALID);
        assertThat(error).hasMessage("not CSV: a quote is closed in the middle of a field");
        assertThat(error.location().toString()).endsWith("a.csv, line 2");
        TrainingData kept = work.open("a.csv", "skip_bad_rows=true", "per_device_train_batch_size=9");
        assertThat(Workspace.texts(kept.training().batch(0, 0)))
                .extracting(text -> text.replace("<pad>", ""))
                .containsExactly("<s>two\r\nlines \"here\"b</s>", "<s>de</s>", "<s>f, g5\" disk</s>");
        assertThat(kept.report().listed()).extracting(DataReport.BadRow::line).containsExactly(2L, 5L, 9L);
        assertThat(kept.report().listed())
                .extracting(DataReport.BadRow::problem)
                .last()
                .isEqualTo("not CSV: a quote is not closed");
    }

    /** Each of these lines leaves a quote open, whether one was open before it or not. */
    @Test
    void aFileOfOpenQuotesIsNotReadForEver() {
        work.write("a.csv", "prompt,completion\n" + "x\",\"\n".repeat(200_000));

        GraftException error = work.refused("a.csv", "skip_bad_rows=true");

        assertThat(error).hasMessage("not CSV: quotes are out of place in line after line");
        assertThat(error.remedy()).isEqualTo("Double the quotes inside quoted fields, or write JSON lines.");
    }

    @Test
    void aFirstLineThatCannotBeReadIsAFaultOfTheFile() {
        work.write("a.csv", "\"prompt\"s,completion\na,b\n");

        GraftException error = work.refused("a.csv", "skip_bad_rows=true");

        assertThat(error)
                .hasMessage(
                        "the first line, which names the columns: not CSV: a quote is closed in the middle of a field");
        assertThat(error.location().toString()).endsWith("a.csv, line 1");
        assertThat(error.remedy())
                .isEqualTo(
                        "Save the file as UTF-8, lines ending in line feeds, double quotes around a name with quotes or commas.");
    }

    @Test
    void linesThatEndWithCarriageReturnsAloneAreSaidToBe() {
        work.write("a.csv", "prompt,completion\ra,b\rc,d\r");

        assertThat(work.refused("a.csv"))
                .hasMessage(
                        "the first line, which names the columns: not CSV: expected lines that end with a line feed, got a carriage return alone");
    }

    @Test
    void whatNoBatchCanBeIsRefused() {
        work.write("a.jsonl", "{\"text\": \"abc\"}\n");
        TrainingData data = work.open("a.jsonl", "pad_to_multiple_of=300000000");

        GraftException large =
                catchThrowableOfType(GraftException.class, () -> data.training().batch(0, 0));

        assertThat(large.code()).isEqualTo(ErrorCode.TRAINING_DATA_INVALID);
        assertThat(large).hasMessage("a batch has a tensor of int64 [1, 300000000], which is more than 2 GiB");
        assertThat(work.refused("a.jsonl", "loss=output:loss"))
                .hasMessage("--set loss: a loss that the graph computes itself needs tensors, and the data are text");
    }

    @Test
    void aDatasetThatIsNoFileSaysWhatWasMeant() throws IOException {
        Files.createDirectory(folder.resolve("rows"));
        work.write("rows/b.csv", "").write("rows/a.jsonl", "").write("rows/readme.md", "");
        work.write(
                "dataset_info.json",
                "{\"identity\": {\"file_name\": \"identity.json\"}, \"dolly\": {\"hf_hub_url\": \"x/dolly\"}}");

        GraftException inside = work.refused("rows");
        assertThat(inside.code()).isEqualTo(ErrorCode.UNKNOWN_FORMAT);
        assertThat(inside).hasMessage("expected a file of rows or tensors, got a folder");
        assertThat(inside.remedy()).isEqualTo("Name the files themselves, such as a.jsonl, b.csv.");
        GraftException named = work.refused("identity");
        assertThat(named.code()).isEqualTo(ErrorCode.FILE_NOT_FOUND);
        assertThat(named)
                .hasMessage("no such file; dataset names files, not data sets of LLaMA-Factory's dataset_info.json");
        assertThat(named.remedy()).isEqualTo("dataset_info.json has it in the file 'identity.json': name that.");
        assertThat(work.refused("dolly").remedy())
                .isEqualTo("dataset_info.json fetches it from a hub: save it as a file of rows and name that.");
        assertThat(work.refused("alpaca_en").remedy()).isEqualTo("Name the file of rows itself, with its ending.");
        assertThat(work.refused("quite_another.jsonl").remedy())
                .isEqualTo("It was looked for in " + folder.toAbsolutePath()
                        + ": paths of data count from dataset_dir, or else from the configuration's own folder.");
    }

    @Test
    void jsonLinesMayBeCalledJson() {
        work.write("a.json", "\n{\"text\": \"a\"}\n{\"text\": \"b\"}\n")
                .write("b.json", "{\n\"text\": \"a\"\n}\n")
                .write("c.json", "[{\"text\": \"c\"}]");

        assertThat(Workspace.texts(work.open("a.json").training().batch(0, 0))).containsExactly("<s>a</s>", "<s>b</s>");
        assertThat(Workspace.texts(work.open("c.json").training().batch(0, 0))).containsExactly("<s>c</s>");
        GraftException several = work.refused("b.json");
        assertThat(several.code()).isEqualTo(ErrorCode.JSON_MALFORMED);
        assertThat(several)
                .hasMessage("expected an array of objects, or an object a line, got an object over several lines");
        assertThat(several.remedy()).isEqualTo("Put the rows between [ and ], or write each on a line of its own.");
    }

    @Test
    void dataWithoutAUsableRowAreRefused() {
        work.write("a.jsonl", "\n").write("b.jsonl", "{\"a\": 1}\n").write("c.txt", "a");

        assertThat(work.refused("a.jsonl")).hasMessage("no row of dataset can be used");
        assertThat(work.refused("b.jsonl", "skip_bad_rows=true"))
                .hasMessage(
                        "no row of dataset can be used: 1 cannot be used, the first because expected columns prompt and completion, messages, conversations, "
                                + "instruction and output, or text; got [a]");
        assertThat(work.refused("c.txt").code()).isEqualTo(ErrorCode.UNKNOWN_FORMAT);
        assertThat(work.refused("none.jsonl").code()).isEqualTo(ErrorCode.FILE_NOT_FOUND);
    }
}
