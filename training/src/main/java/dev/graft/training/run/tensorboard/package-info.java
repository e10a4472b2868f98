/**
 * Event files that TensorBoard reads, byte by byte.
 *
 * <pre>
 * file    := record*
 * record  := length crc(length) data crc(data)     length: 8 bytes; crc: 4 bytes; all little-endian
 * crc(x)  := c rotated right by 15 bits, + 0xa282ead8, where c is the CRC-32C of x
 * data    := a protobuf message Event
 *
 * Event   { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; SessionLog session_log = 7 }
 * Summary { repeated Value value = 1 }       Value { string tag = 1; float simple_value = 2 }
 * SessionLog { SessionStatus status = 1 }    START = 1
 * </pre>
 *
 * <p>Sources: TensorFlow's {@code core/lib/io/record_writer.h} and {@code core/util/event.proto}. The first record holds the version
 * {@code brain.Event:2}. A resumed run begins another file with a session START at its step, upon which TensorBoard drops
 * what an earlier file has of that step and later ones.
 */
@NullMarked
package dev.graft.training.run.tensorboard;

import org.jspecify.annotations.NullMarked;
