/**
 * Base and adapter to a session with merged weights, without a merged file.
 *
 * <p>{@link dev.graft.serving.MergedModels#open} computes the weights that {@code graft merge} would write and gives them to ONNX Runtime in place of the base's:
 *
 * <pre>{@code
 * SessionSettings settings = MergedModels.sharingWeights(SessionSettings.DEFAULT);
 * try (ModelSession support = MergedModels.open(base, List.of(WeightedAdapter.of(supportAdapter)), settings);
 *         ModelSession legal = MergedModels.open(base, List.of(WeightedAdapter.of(legalAdapter)), settings)) {
 *     ...
 * }
 * }</pre>
 *
 * <p>This stands apart from the runtime because the compiler, and with it protobuf, is needed to find the weights.
 */
@NullMarked
package dev.graft.serving;

import org.jspecify.annotations.NullMarked;
