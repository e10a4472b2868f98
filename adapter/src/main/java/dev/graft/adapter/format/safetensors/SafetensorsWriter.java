package dev.graft.adapter.format.safetensors;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.FileOutput;
import dev.graft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Writes safetensors files as the reference library (0.8) does, byte for byte.
 *
 * <p>Tensors come sorted by type, widest alignment first, then by name in UTF-8 order; the header is padded with spaces to 8
 * bytes. Metadata keeps the order given: the library has none of its own where there are several keys.
 */
public final class SafetensorsWriter {

    /** The library's order of types, reversed. */
    private static final List<DType> TYPE_ORDER = List.of(
            DType.UINT64,
            DType.INT64,
            DType.FLOAT64,
            DType.COMPLEX64,
            DType.FLOAT32,
            DType.UINT32,
            DType.INT32,
            DType.BFLOAT16,
            DType.FLOAT16,
            DType.UINT16,
            DType.INT16,
            DType.FLOAT8E5M2FNUZ,
            DType.FLOAT8E4M3FNUZ,
            DType.FLOAT8E8M0,
            DType.FLOAT8E4M3FN,
            DType.FLOAT8E5M2,
            DType.INT8,
            DType.UINT8,
            DType.FLOAT4E2M1,
            DType.BOOL);

    private SafetensorsWriter() {}

    /**
     * Writes a file in place, reading each tensor once and window by window; stage the path in an
     * {@link dev.graft.io.OutputTransaction} to have it appear whole.
     *
     * @param tensors any order; names must differ
     * @throws GraftException {@code CONVERT_UNSUPPORTED} if a tensor's type has no name in the format, {@code IO_FAILED}
     */
    public static void write(Path file, Map<String, String> metadata, Collection<Tensor> tensors) {
        List<Tensor> sorted = new ArrayList<>(tensors);
        sorted.forEach(tensor -> checkType(file, tensor));
        sorted.sort(Comparator.comparingInt((Tensor tensor) -> TYPE_ORDER.indexOf(tensor.dtype()))
                .thenComparing(SafetensorsWriter::utf8, Arrays::compareUnsigned));
        byte[] header = header(metadata, sorted).getBytes(StandardCharsets.UTF_8);
        int padded = Math.multiplyExact((header.length + 7) / 8, 8);
        ByteBuffer start = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(padded).put(header);
        while (start.hasRemaining()) {
            start.put((byte) ' ');
        }
        FileOutput.write(file, output -> {
            output.write(start.flip());
            for (Tensor tensor : sorted) {
                output.write(tensor.bytes());
            }
        });
    }

    private static void checkType(Path file, Tensor tensor) {
        if (!TYPE_ORDER.contains(tensor.dtype())) {
            throw new GraftException(
                    ErrorCode.CONVERT_UNSUPPORTED,
                    "safetensors has no type for " + tensor.dtype().displayName(),
                    Location.ofTensor(file, tensor.name()),
                    "Write it in float32, float16 or bfloat16: graft convert --dtype.");
        }
    }

    private static byte[] utf8(Tensor tensor) {
        return tensor.name().getBytes(StandardCharsets.UTF_8);
    }

    private static String header(Map<String, String> metadata, List<Tensor> tensors) {
        StringBuilder text = new StringBuilder("{");
        if (!metadata.isEmpty()) {
            text.append("\"__metadata__\":");
            String separator = "{";
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                quote(text.append(separator), entry.getKey());
                quote(text.append(':'), entry.getValue());
                separator = ",";
            }
            text.append('}');
        }
        long offset = 0;
        for (Tensor tensor : tensors) {
            long end = offset + tensor.bytes().size();
            quote(text.append(text.length() == 1 ? "" : ","), tensor.name());
            text.append(":{\"dtype\":\"")
                    .append(tensor.dtype().safetensorsName().orElseThrow());
            text.append("\",\"shape\":").append(tensor.shape().toString().replace(" ", ""));
            text.append(",\"data_offsets\":[")
                    .append(offset)
                    .append(',')
                    .append(end)
                    .append("]}");
            offset = end;
        }
        return text.append('}').toString();
    }

    /** As serde_json: short escapes where JSON has them, other control characters in hexadecimal, the rest as it is. */
    private static void quote(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char unit = value.charAt(i);
            int escape = "\"\\\b\f\n\r\t".indexOf(unit);
            if (escape >= 0) {
                text.append('\\').append("\"\\bfnrt".charAt(escape));
            } else if (unit < 0x20) {
                text.append(String.format("\\u%04x", (int) unit));
            } else {
                text.append(unit);
            }
        }
        text.append('"');
    }
}
