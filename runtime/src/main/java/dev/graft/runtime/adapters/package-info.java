/**
 * One model, many adapters, switched at each run.
 *
 * <p>{@link dev.graft.runtime.adapters.AdapterRuntime} opens an attached model once; adapters are put there under names, and each run says which it wants, alone or
 * in an {@link dev.graft.runtime.mix.AdapterMix}:
 *
 * <pre>{@code
 * try (AdapterRuntime runtime = AdapterRuntime.open(Path.of("attached.onnx"))) {
 *     runtime.put("support", Path.of("support-adapter"));
 *     runtime.put("legal", Path.of("legal.onnx_adapter"));
 *     runtime.run(inputs, "support");
 *     runtime.run(inputs, AdapterMix.of("support", 0.7, "legal", 0.3));
 * }
 * }</pre>
 *
 * <p>ONNX Runtime keeps none of this straight by itself: of two adapters for one tensor it silently takes one, it runs with memory that was freed, and lets an
 * adapter replace what was fed. Here adapters are added up by composing one of the summed rank, every run holds what it uses, and what does not fit is refused
 * when it is put there. {@link dev.graft.runtime.adapters.RuntimeListener} is the place for metrics.
 */
@NullMarked
package dev.graft.runtime.adapters;

import org.jspecify.annotations.NullMarked;
