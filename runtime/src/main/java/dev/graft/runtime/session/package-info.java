/**
 * Models on ONNX Runtime, with native memory that cannot be used after it is freed.
 *
 * <p>A {@link dev.graft.runtime.session.ModelSession} opens a model file on a {@link dev.graft.runtime.session.Device} and runs it
 * over {@link dev.graft.runtime.session.HostTensor}s, which are plain immutable values. An adapter file is opened by the session it
 * is for: {@link dev.graft.runtime.session.ModelSession#loadAdapter} checks every parameter against the model first, because ONNX
 * Runtime itself lets an adapter override real inputs, picks one of two adapters silently, and returns the base's outputs when an
 * adapter was freed too early.
 *
 * <pre>{@code
 * try (ModelSession session = ModelSession.open(Path.of("attached.onnx"), SessionSettings.DEFAULT);
 *         LoadedAdapter adapter = session.loadAdapter(Path.of("support-bot.onnx_adapter"))) {
 *     Map<String, HostTensor> outputs = session.run(inputs, List.of(adapter));
 * }
 * }</pre>
 *
 * <p>{@link dev.graft.runtime.session.OnnxRuntime} is the one place that loads ONNX Runtime, and turns its telemetry off.
 *
 * <p>Sessions and adapters are safe for several threads. Closing one while runs are under way lets those runs finish first: the
 * native object goes when its last run has ended.
 */
@NullMarked
package dev.graft.runtime.session;

import org.jspecify.annotations.NullMarked;
