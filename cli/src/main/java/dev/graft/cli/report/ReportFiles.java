package dev.graft.cli.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.graft.cli.command.Json;
import dev.graft.cli.command.UsageError;
import dev.graft.cli.verify.Verification;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.OutputTransaction;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes {@code x.html} and {@code x.json} together or not at all. An older report is replaced; a file that is anything else
 * is not.
 */
public final class ReportFiles {
    private static final int HEAD_BYTES = 1024;
    private static final String PAGE_MARK = "<meta name=\"generator\" content=\"Graft\">";
    private static final String JSON_MARK = "\"graft_report\": ";

    private final Path page;
    private final Path json;

    private ReportFiles(Path page, Path json) {
        this.page = page;
        this.json = json;
    }

    /**
     * The files of a report, checked before the work begins.
     *
     * @throws GraftException {@code USAGE} if the name does not end in {@code .html}, {@code OUTPUT_EXISTS} if a file that is
     *     no report stands there
     */
    public static ReportFiles at(Path page) {
        Path name = page.getFileName();
        if (name == null || !name.toString().endsWith(".html")) {
            throw UsageError.of("verify", "--report: expected a name that ends in .html, got '" + page + "'");
        }
        String stem = name.toString().substring(0, name.toString().length() - ".html".length());
        Path json = page.resolveSibling(stem + ".json");
        refuseForeign(page, PAGE_MARK);
        refuseForeign(json, JSON_MARK);
        return new ReportFiles(page, json);
    }

    /** The page. */
    public Path page() {
        return page;
    }

    /** Its twin for machines. */
    public Path json() {
        return json;
    }

    /** Writes both. */
    public void write(Verification verification) {
        try (OutputTransaction transaction = OutputTransaction.open(page, true)) {
            Files.writeString(transaction.stage(json), Json.write(new Document(1, verification)) + "\n", UTF_8);
            Files.writeString(transaction.stage(page), HtmlReport.of(verification), UTF_8);
            transaction.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The twin for machines.
     *
     * @param graftReport the version of this document's form
     */
    record Document(int graftReport, Verification verification) {}

    private static void refuseForeign(Path file, String mark) {
        if (Files.exists(file) && !head(file).contains(mark)) {
            throw new GraftException(
                    ErrorCode.OUTPUT_EXISTS,
                    "the file exists and is not a report of Graft's",
                    Location.ofFile(file),
                    "Choose another name for --report; it writes NAME.html and NAME.json.");
        }
    }

    private static String head(Path file) {
        if (!Files.isRegularFile(file)) {
            return "";
        }
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(HEAD_BYTES), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Both files, for messages. */
    public List<Path> files() {
        return List.of(page, json);
    }
}
