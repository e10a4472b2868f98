package dev.graft.runtime.adapters;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.FileKind;
import dev.graft.adapter.format.ReadOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where an adapter comes from, so that one that was evicted can be loaded again. */
sealed interface AdapterSource {
    /** Where it is, for messages; null for memory. */
    @Nullable
    Path path();

    /** A PEFT folder, an {@code .onnx_adapter}, or a kohya or loralib file. */
    record OnDisk(Path path) implements AdapterSource {
        boolean isOnnxAdapter() {
            return !Files.isDirectory(path) && FileKind.of(path) == FileKind.ONNX_ADAPTER;
        }

        Adapter read() {
            return AdapterFiles.readAdapter(path, ReadOptions.DEFAULT);
        }
    }

    /** An adapter that was read or made already. */
    record InMemory(Adapter adapter) implements AdapterSource {
        @Override
        public Path path() {
            return adapter.source();
        }
    }
}
