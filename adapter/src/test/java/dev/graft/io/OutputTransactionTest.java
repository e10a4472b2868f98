package dev.graft.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputTransactionTest {
    @TempDir
    Path folder;

    @Test
    void nothingAppearsBeforeTheCommitAndEverythingAfterIt() throws IOException {
        Path main = folder.resolve("out/model.onnx");
        Path data = folder.resolve("out/weights/model.data");

        try (OutputTransaction transaction = OutputTransaction.open(main, false)) {
            Files.writeString(transaction.stage(data), "data");
            Files.writeString(transaction.stage(main), "model");
            assertThat(main).doesNotExist();
            assertThat(data).doesNotExist();
            transaction.commit();
            assertThat(main).hasContent("model");
            assertThat(data).hasContent("data");
        }

        assertThat(names()).containsExactly("model.onnx", "weights");
    }

    @Test
    void withoutACommitNothingIsLeft() throws IOException {
        Path main = folder.resolve("out/model.onnx");

        try (OutputTransaction transaction = OutputTransaction.open(main, false)) {
            Files.writeString(transaction.stage(main), "half");
        }

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void anExistingOutputIsRefusedUnlessForced() throws IOException {
        Path main = write("out/model.onnx", "old");

        assertRefused(() -> OutputTransaction.open(main, false), ErrorCode.OUTPUT_EXISTS, "the output exists already");
        try (OutputTransaction transaction = OutputTransaction.open(main, true)) {
            Files.writeString(transaction.stage(main), "new");
            transaction.commit();
        }

        assertThat(main).hasContent("new");
        assertThat(names()).containsExactly("model.onnx");
    }

    @Test
    void anExistingDataFileIsRefusedUnlessForced() throws IOException {
        Path main = folder.resolve("out/model.onnx");
        Path data = write("out/model.data", "someone's");

        try (OutputTransaction transaction = OutputTransaction.open(main, false)) {
            assertRefused(() -> transaction.stage(data), ErrorCode.OUTPUT_EXISTS, "the output exists already");
        }

        assertThat(data).hasContent("someone's");
    }

    @Test
    void foldersMadeForAnOutputThatFailsGoAgain() throws IOException {
        Path main = folder.resolve("new/deep/model.onnx");

        try (OutputTransaction transaction = OutputTransaction.open(main, false)) {
            Files.writeString(transaction.stage(main), "half");
        }
        assertThat(folder).isEmptyDirectory();

        try (OutputTransaction transaction = OutputTransaction.open(main, false)) {
            write("new/note.txt", "somebody's");
            assertThat(transaction).isNotNull();
        }
        assertThat(folder.resolve("new")).isDirectoryContaining("glob:**/note.txt");
        assertThat(folder.resolve("new/deep")).doesNotExist();
    }

    @Test
    void aFolderThatCannotBeMadeIsSaidWithItsReason() throws IOException {
        Path file = write("file", "not a folder");

        assertRefused(
                () -> OutputTransaction.open(file.resolve("model.onnx"), false),
                ErrorCode.IO_FAILED,
                "cannot create the folder " + file + ": something of that name exists already");
    }

    @Test
    void aFolderIsNeverReplaced() throws IOException {
        Files.createDirectories(folder.resolve("out/model.onnx"));

        assertRefused(
                () -> OutputTransaction.open(folder.resolve("out/model.onnx"), true),
                ErrorCode.OUTPUT_EXISTS,
                "the output is an existing folder");
    }

    @Test
    void anInputIsRecognisedByItsNameALinkAndAHardLink() throws IOException {
        Path base = write("out/base.onnx", "base");
        Path link = Files.createSymbolicLink(folder.resolve("out/link.onnx"), base);
        Path hardLink = Files.createLink(folder.resolve("out/hard.onnx"), base);

        for (Path output : List.of(base, link, hardLink, folder.resolve("out/../out/base.onnx"))) {
            try (OutputTransaction transaction = OutputTransaction.open(output, true)) {
                assertRefused(
                        () -> transaction.refuseInputs(output, List.of(base)),
                        ErrorCode.OUTPUT_IS_INPUT,
                        "the output would overwrite " + base + ", which is read to make it");
            }
        }

        assertThat(base).hasContent("base");
    }

    @Test
    void twoWritersOfOneOutputCannotMeet() {
        Path main = folder.resolve("out/model.onnx");

        try (OutputTransaction first = OutputTransaction.open(main, false)) {
            assertThat(first).isNotNull();
            assertRefused(
                    () -> OutputTransaction.open(main, true),
                    ErrorCode.OUTPUT_BUSY,
                    "another process is writing this output");
        }

        OutputTransaction.open(main, false).close();
    }

    @Test
    void aFileOutsideTheOutputsFolderIsRefused() {
        try (OutputTransaction transaction = OutputTransaction.open(folder.resolve("out/model.onnx"), false)) {
            assertRefused(
                    () -> transaction.stage(folder.resolve("out/../elsewhere.data")),
                    ErrorCode.EXTERNAL_DATA_INVALID,
                    "a file of the output would lie outside the output's folder " + folder.resolve("out"));
        }
    }

    @Test
    void moreBytesThanTheDiskHasAreRefusedBeforeWriting() {
        try (OutputTransaction transaction = OutputTransaction.open(folder.resolve("out/model.onnx"), false)) {
            transaction.requireSpace(1);
            assertRefused(
                    () -> transaction.requireSpace(Long.MAX_VALUE),
                    ErrorCode.IO_FAILED,
                    "the output takes 9223372036854775807 bytes, the disk has ");
        }
    }

    @Test
    void aCommitThatFailsInTheMiddlePutsTheOldFilesBack() throws IOException {
        Path main = write("out/model.onnx", "old model");
        Path data = write("out/a.data", "old data");
        Path blocked = folder.resolve("out/sub/b.data");

        try (OutputTransaction transaction = OutputTransaction.open(main, true)) {
            Files.writeString(transaction.stage(data), "new data");
            Files.writeString(transaction.stage(blocked), "new data");
            Files.writeString(transaction.stage(main), "new model");
            write("out/sub", "a file where a folder is needed");
            assertRefused(transaction::commit, ErrorCode.IO_FAILED, "cannot create the folder");
        }

        assertThat(main).hasContent("old model");
        assertThat(data).hasContent("old data");
        assertThat(names()).containsExactly("a.data", "model.onnx", "sub");
    }

    @Test
    void aJournalThatLeadsOutOfTheFolderIsRefused() throws IOException {
        Path victim = write("victim", "precious");
        write("out/.graft-model.onnx.tmp/journal", "0\tnew\tmodel.onnx\n1\tnew\t../victim\nend\n");
        write("out/.graft-model.onnx.tmp/0", "staged");

        assertRefused(
                () -> OutputTransaction.open(folder.resolve("out/model.onnx"), false),
                ErrorCode.IO_FAILED,
                "the journal of an unfinished write is damaged");

        assertThat(victim).hasContent("precious");
    }

    @Test
    void everyPointOfADeathInTheCommitIsRolledBackOrFinished() throws IOException {
        // given the files of a replacing commit: model and data, old and new, in the order of the renames
        String journal = "1\told\tmodel.onnx\n0\told\ta.data\nend\n";
        List<List<String>> moves = List.of(
                List.of("model.onnx", ".graft-model.onnx.tmp/old-1"),
                List.of("a.data", ".graft-model.onnx.tmp/old-0"),
                List.of(".graft-model.onnx.tmp/0", "a.data"),
                List.of(".graft-model.onnx.tmp/1", "model.onnx"));

        for (int died = 0; died <= moves.size(); died++) {
            Path main = write("out/model.onnx", "old model");
            write("out/a.data", "old data");
            write("out/.graft-model.onnx.tmp/1", "new model");
            write("out/.graft-model.onnx.tmp/0", "new data");
            write("out/.graft-model.onnx.tmp/journal", journal);
            for (List<String> move : moves.subList(0, died)) {
                Files.move(
                        folder.resolve("out").resolve(move.get(0)),
                        folder.resolve("out").resolve(move.get(1)));
            }

            // when the next transaction begins
            OutputTransaction.open(main, true).close();

            // then all is old, or all is new once the main file was renamed
            String expected = died == moves.size() ? "new" : "old";
            assertThat(main).hasContent(expected + " model");
            assertThat(folder.resolve("out/a.data")).hasContent(expected + " data");
            assertThat(names()).containsExactly("a.data", "model.onnx");
        }
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private List<String> names() throws IOException {
        try (var entries = Files.list(folder.resolve("out"))) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private static void assertRefused(ThrowingCallable action, ErrorCode code, String message) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        GraftException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}
