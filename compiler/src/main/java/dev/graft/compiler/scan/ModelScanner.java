package dev.graft.compiler.scan;

import dev.graft.error.ErrorCode;
import dev.graft.error.FileFault;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.error.MissingFile;
import dev.graft.tensor.FileBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the index of an ONNX file. */
public final class ModelScanner {
    private ModelScanner() {}

    /**
     * Indexes a model and checks it: wire format, nesting, data types, data sizes, external data files, names, function cycles.
     *
     * @throws GraftException {@code FILE_NOT_FOUND}; {@code UNKNOWN_FORMAT} for a file that is plainly something else; {@code
     *     ONNX_MALFORMED}, {@code EXTERNAL_DATA_INVALID} and {@code ONNX_UNSUPPORTED} (an index beyond this process's memory) with
     *     the place; {@code IO_FAILED}
     */
    public static ModelIndex scan(Path file) {
        refuseOtherKinds(file);
        try (WireReader reader = new WireReader(file, IndexBudget.ofThisProcess())) {
            return new ModelReader(new ScanContext(reader, new ExternalData(file))).read();
        } catch (IOException e) {
            throw FileFault.unreadable(file, e);
        }
    }

    private static void refuseOtherKinds(Path file) {
        if (!Files.exists(file)) {
            throw MissingFile.at(file);
        }
        if (!Files.isRegularFile(file)) {
            throw unknown(file, "expected an ONNX file, got a folder or device", "Name the .onnx file itself.");
        }
        String head = head(file);
        if (head.startsWith("version https://git-lfs")) {
            throw unknown(
                    file, "a Git LFS pointer instead of an ONNX file", "Fetch the real file with 'git lfs pull'.");
        }
        if (head.startsWith("ORTM", 4)) {
            throw unknown(file, "a model in ORT format, expected ONNX format", "Use the .onnx file it was made from.");
        }
        if (head.startsWith("PK\3\4")) {
            throw unknown(file, "an archive instead of an ONNX file", "Unpack it and name the .onnx file.");
        }
    }

    private static String head(Path file) {
        FileBytes bytes = FileBytes.of(file);
        ByteBuffer head = ByteBuffer.allocate((int) Math.min(bytes.size(), 32));
        bytes.read(0, head);
        return new String(head.array(), StandardCharsets.ISO_8859_1);
    }

    private static GraftException unknown(Path file, String problem, String remedy) {
        return new GraftException(ErrorCode.UNKNOWN_FORMAT, problem, Location.ofFile(file), remedy);
    }
}
