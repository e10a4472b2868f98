/**
 * The safetensors format, read lazily and strictly, written byte for byte as the reference library does.
 *
 * <pre>
 * file   := length header data
 * length := unsigned 64-bit little-endian number of header bytes; the reference reader takes 100 MB,
 *           this one 32 MiB
 * header := JSON object, first byte '{', padded with spaces; members:
 *           "__metadata__": {string: string}            optional
 *           name: {"dtype": D, "shape": [n...], "data_offsets": [begin, end]}
 * data   := the tensors' bytes, row-major, little-endian; the offsets count from here, in some order they
 *           cover the data exactly: no hole, no overlap, nothing behind
 * </pre>
 *
 * <p>Two things that the reference reader lets pass are refused here, as the format's text wants: a repeated key, and a
 * header that does not begin with a brace.
 */
@NullMarked
package dev.graft.adapter.format.safetensors;

import org.jspecify.annotations.NullMarked;
