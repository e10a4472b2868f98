/**
 * Proofs about merged and attached models that need no run of them.
 *
 * <p>{@link dev.graft.compiler.verify.StructureProof} says byte by byte where two models differ, with hashes, and to which tensors
 * the differences belong. {@link dev.graft.compiler.verify.WeightProof} computes every merged weight once more from base and
 * adapters and holds it against the file; where it is wrong, {@link dev.graft.compiler.verify.Diagnosis} looks for the mistake
 * that explains it: another scaling, another layer's factors, a transposed product, a target left out, another adapter.
 * {@link dev.graft.compiler.verify.ChangeStrength} sees what no single element shows, {@link dev.graft.compiler.verify.Resharing} takes copies of shared weights back so
 * that graphs can be compared. {@link dev.graft.compiler.verify.AttachedProof} attaches once more in memory and wants the same model, node for node and byte for byte.
 */
@NullMarked
package dev.graft.compiler.verify;

import org.jspecify.annotations.NullMarked;
