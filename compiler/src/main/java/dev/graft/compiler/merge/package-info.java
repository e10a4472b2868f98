/**
 * Merge: the base's files with the bytes of the target weights changed and nothing else.
 *
 * <pre>
 * Resolution -> MergePlan      which blocks of which tensors get which sum of changes; what is refused
 *            -> Unsharing      (--unshare only) splices into the protobuf that give targets tensors of their own
 *            -> OutputLayout   the output's files and the tasks that fill them: copy a range, compute a unit
 *            -> MergeWorker    one per thread: reads a Unit of the base, computes it, writes it to its place
 *            -> OutputTransaction   the files appear together or not at all
 * </pre>
 *
 * <p><b>Numbers.</b> {@code W' = round(W + sum over adapters of s·B·A)}: every product and sum in double, over k in order ({@link
 * dev.graft.compiler.merge.SumKernel}), rounded once ({@link dev.graft.compiler.merge.Rounder}). With float32 factors every
 * product is exact, so that {@code |error| <= eps(W)·(|W| + s·sum|B||A|)}. A change of exactly zero leaves the stored bytes as they
 * are. DoRA takes a pass of its own over its weights for the norms ({@link dev.graft.compiler.merge.DoraNorms}), each summed in
 * the order of the inputs. Several adapters on one weight are independent changes of the base that are added up; DoRA's is {@code
 * m/‖N‖·N - W} with {@code N = W + s·B·A}.
 *
 * <p><b>Same bytes everywhere.</b> No element's value depends on how the work is cut, and sums over a tensor (norms, counts) are
 * added in the order of the units, which follow from shapes alone.
 *
 * <p><b>Memory.</b> A worker holds one unit (at most 2 MB); a {@link dev.graft.compiler.merge.Panel} holds the right factors of at
 * most 16384 columns, decoded (at most 16 MB); adapters are read where they are needed. Heap does not grow with the model.
 *
 * <p><b>Speed.</b> Ranges that do not change are copied by the operating system, and written bytes go to the disk while others
 * are computed ({@link dev.graft.compiler.merge.WriteBehind}).
 */
@NullMarked
package dev.graft.compiler.merge;

import org.jspecify.annotations.NullMarked;
