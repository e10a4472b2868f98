package dev.graft.adapter.format.onnxadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.flatbuffers.Table;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxAdapterWriterTest {
    @TempDir
    Path folder;

    private static final Tensor A = Tensor.ofFloats("m.lora_A.weight", Shape.of(3, 2), 1, 2, 3, 4, 5, 6);
    private static final Tensor B =
            Tensor.ofDoubles("m.lora_B.weight", DType.BFLOAT16, Shape.of(2, 4), 1, 2, 3, 4, 5, 6, 7, 8);
    private static final Tensor EMPTY = new Tensor("é", DType.FLOAT16, Shape.of(0, 4), ByteSource.ofArray(new byte[0]));

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        OnnxAdapterFile read = OnnxAdapterReader.read(write(List.of(B, EMPTY, A)));

        assertThat(read.tensors().keySet()).containsExactly("m.lora_A.weight", "m.lora_B.weight", "é");
        for (Tensor tensor : List.of(A, B, EMPTY)) {
            Tensor got = read.tensors().get(tensor.name());
            assertThat(got.dtype()).isEqualTo(tensor.dtype());
            assertThat(got.shape()).isEqualTo(tensor.shape());
            assertThat(got.toBytes()).isEqualTo(tensor.toBytes());
        }
    }

    @Test
    void theBytesDoNotDependOnTheOrder() throws IOException {
        byte[] first = Files.readAllBytes(write(List.of(A, B, EMPTY)));
        byte[] second = Files.readAllBytes(write(List.of(EMPTY, B, A)));

        assertThat(first).isEqualTo(second);
    }

    @Test
    void inMemoryTheBytesAreTheSame() throws IOException {
        for (List<Tensor> tensors : List.of(List.of(A, EMPTY, B), List.of(EMPTY), List.<Tensor>of())) {
            assertThat(OnnxAdapterWriter.toBuffer(tensors))
                    .isEqualTo(ByteBuffer.wrap(Files.readAllBytes(write(tensors))));
        }
    }

    /** The FlatBuffers library, which knows nothing of our writer, finds the same fields; data lies at multiples of 64. */
    @Test
    void theFlatBuffersLibraryReadsTheFile() throws IOException {
        ByteBuffer bytes =
                ByteBuffer.wrap(Files.readAllBytes(write(List.of(A, B)))).order(ByteOrder.LITTLE_ENDIAN);

        LibraryTable adapter = new LibraryTable(bytes, bytes.getInt(0));
        LibraryTable first = adapter.tableAt(10, 0);
        LibraryTable second = adapter.tableAt(10, 1);

        assertThat(adapter.intAt(4)).isEqualTo(1);
        assertThat(adapter.lengthAt(10)).isEqualTo(2);
        assertThat(first.textAt(4)).isEqualTo("m.lora_A.weight");
        assertThat(first.longsAt(6)).containsExactly(3L, 2L);
        assertThat(first.intAt(8)).isEqualTo(1);
        assertThat(first.lengthAt(10)).isEqualTo(24);
        assertThat(bytes.getFloat(first.startAt(10))).isEqualTo(1f);
        assertThat(second.intAt(8)).isEqualTo(16);
        assertThat(first.startAt(10) % 64).isZero();
        assertThat(second.startAt(10) % 64).isZero();
    }

    @Test
    void anAdapterWithoutTensorsIsAFileToo() throws IOException {
        assertThat(OnnxAdapterReader.read(write(List.of())).tensors()).isEmpty();
    }

    @Test
    void whatEndsBehindTwoGibibytesIsRefusedBeforeItIsWritten() {
        Tensor huge = new Tensor("huge", DType.FLOAT32, Shape.of(1 << 15, 1 << 14), new ByteSource() {
            @Override
            public long size() {
                return 1L << 31;
            }

            @Override
            public void read(long position, ByteBuffer target) {
                throw new AssertionError("read");
            }

            @Override
            public ByteSource slice(long offset, long length) {
                throw new AssertionError("slice");
            }
        });

        assertThatThrownBy(() -> write(List.of(huge))).isInstanceOfSatisfying(GraftException.class, error -> {
            assertThat(error.code()).isEqualTo(ErrorCode.CONVERT_UNSUPPORTED);
            assertThat(error).hasMessage("an .onnx_adapter ends at 2 GiB, and these tensors take more");
        });
    }

    @Test
    void aCountThatNoAdapterHasIsRefused() throws IOException {
        ByteBuffer file = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
        file.put(Files.readAllBytes(write(List.of())));
        file.putInt(40, 250_000);
        Path many = Files.write(folder.resolve("many"), file.array());

        assertThatThrownBy(() -> OnnxAdapterReader.read(many)).hasMessageContaining("more than 200000 tensors");
    }

    @Test
    void dataThatEndBehindTheFileAreRefused() throws IOException {
        byte[] good = Files.readAllBytes(write(List.of(A)));
        int length = good.length - 24 - 4;
        byte[] longer = good.clone();
        ByteBuffer.wrap(longer).putInt(length, -1);
        Path tooLong = Files.write(folder.resolve("long"), longer);
        Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(good, length + 2));

        assertThatThrownBy(() -> OnnxAdapterReader.read(tooLong))
                .hasMessage("not a valid .onnx_adapter file: a vector of 4294967295 elements ends behind the file");
        assertThatThrownBy(() -> OnnxAdapterReader.read(cut))
                .hasMessage("not a valid .onnx_adapter file: an offset points behind the end of the file");
    }

    /** Any byte may be wrong: the reader answers with an adapter or with an error, never with another exception. */
    @Test
    void damagedFilesNeverBreakTheReader() throws IOException {
        byte[] good = Files.readAllBytes(write(List.of(A, B, EMPTY)));
        Random random = new Random(11);
        for (int round = 0; round < 20_000; round++) {
            byte[] bad = good.clone();
            for (int i = 0; i <= random.nextInt(3); i++) {
                bad[random.nextInt(300)] = (byte) random.nextInt();
            }
            Path file = Files.write(folder.resolve("bad"), bad);
            try {
                OnnxAdapterReader.read(file).tensors().values().forEach(Tensor::toBytes);
            } catch (GraftException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.ONNX_ADAPTER_MALFORMED);
            }
        }
    }

    private Path write(List<Tensor> tensors) throws IOException {
        Path file = folder.resolve("a.onnx_adapter");
        OnnxAdapterWriter.write(file, tensors);
        return file;
    }

    private static final class LibraryTable extends Table {
        LibraryTable(ByteBuffer bytes, int position) {
            __reset(position, bytes);
        }

        int intAt(int field) {
            return bb.getInt(bb_pos + __offset(field));
        }

        String textAt(int field) {
            return __string(bb_pos + __offset(field));
        }

        int lengthAt(int field) {
            return __vector_len(__offset(field));
        }

        int startAt(int field) {
            return __vector(__offset(field));
        }

        LibraryTable tableAt(int field, int index) {
            return new LibraryTable(bb, __indirect(startAt(field) + 4 * index));
        }

        List<Long> longsAt(int field) {
            List<Long> values = new ArrayList<>();
            for (int i = 0; i < lengthAt(field); i++) {
                values.add(bb.getLong(startAt(field) + 8 * i));
            }
            return values;
        }
    }
}
