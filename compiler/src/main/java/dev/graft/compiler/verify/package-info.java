/**
 * Proofs about a merged model that need no run of it.
 *
 * <p>{@link dev.graft.compiler.verify.StructureProof} says byte by byte where two models differ, with hashes, and to which tensors
 * the differences belong. {@link dev.graft.compiler.verify.WeightProof} computes every merged weight once more from base and
 * adapters and holds it against the file; where it is wrong, {@link dev.graft.compiler.verify.Diagnosis} looks for the mistake
 * that explains it: another scaling, another layer's factors, a transposed product, a target left out, another adapter.
 */
@NullMarked
package dev.graft.compiler.verify;

import org.jspecify.annotations.NullMarked;
