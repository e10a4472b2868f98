package dev.graft.adapter.format;

import dev.graft.adapter.format.peft.PeftReader;
import dev.graft.tensor.FileBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What a file is, by its first bytes, and by its name where they do not tell. */
public enum FileKind {
    /** {@code adapter_config.json}, or the weights beside one. */
    PEFT_FILE,
    SAFETENSORS,
    ONNX_ADAPTER,
    PICKLE,
    ARCHIVE,
    UNKNOWN;

    private static final List<String> PICKLE_ENDINGS = List.of(".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle");
    private static final List<String> ARCHIVE_STARTS =
            List.of("PK\3\4", "PK\5\6", "\37\213", "7z\274\257", "BZh", "\3757zXZ", "\50\265\57\375", "Rar!");

    /** Looks at a file. */
    public static FileKind of(Path file) {
        String start = start(file);
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (name.equals("adapter_config.json")) {
            return PEFT_FILE;
        }
        if (PICKLE_ENDINGS.stream().anyMatch(name::endsWith) || isPickle(start)) {
            return PICKLE;
        }
        if (ARCHIVE_STARTS.stream().anyMatch(start::startsWith)) {
            return ARCHIVE;
        }
        if (name.equals(PeftReader.WEIGHTS_FILE_NAME)
                && Files.isRegularFile(file.resolveSibling("adapter_config.json"))) {
            return PEFT_FILE;
        }
        if (start.startsWith("TORT", 4) || name.endsWith(".onnx_adapter")) {
            return ONNX_ADAPTER;
        }
        return name.endsWith(".safetensors") || start.startsWith("{", 8) ? SAFETENSORS : UNKNOWN;
    }

    /** Protocol 2 to 5; a safetensors file may begin with the same bytes, but then has a brace at byte 8. */
    private static boolean isPickle(String start) {
        return start.length() > 1
                && start.charAt(0) == 0x80
                && start.charAt(1) >= 2
                && start.charAt(1) <= 5
                && !start.startsWith("{", 8);
    }

    private static String start(Path file) {
        FileBytes bytes = FileBytes.of(file);
        ByteBuffer start = ByteBuffer.allocate((int) Math.min(16, bytes.size()));
        bytes.read(0, start);
        return new String(start.array(), StandardCharsets.ISO_8859_1);
    }
}
