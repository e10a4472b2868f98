package dev.graft.runtime.adapters;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.FileKind;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where an adapter comes from, so that one that was evicted can be loaded again. */
sealed interface AdapterSource {
    /** Where it is, for messages; null for memory. */
    @Nullable
    Path path();

    /**
     * What is in it.
     *
     * @throws dev.graft.error.GraftException whatever is wrong with it
     */
    AdapterContent read();

    /** A PEFT folder, an {@code .onnx_adapter}, or a kohya or loralib file. */
    record OnDisk(Path path) implements AdapterSource {
        @Override
        public AdapterContent read() {
            return !Files.isDirectory(path) && FileKind.of(path) == FileKind.ONNX_ADAPTER
                    ? new AdapterContent.Named(OnnxAdapterReader.read(path))
                    : new AdapterContent.Changes(AdapterFiles.readAdapter(path, ReadOptions.DEFAULT));
        }
    }

    /** An adapter that was read or made already. */
    record InMemory(Adapter adapter) implements AdapterSource {
        @Override
        public Path path() {
            return adapter.source();
        }

        @Override
        public AdapterContent read() {
            return new AdapterContent.Changes(adapter);
        }
    }
}
