/**
 * Verification: three independent questions about an artifact, and one verdict.
 *
 * <ul>
 *   <li>Structure: what differs from the base, byte by byte, and is it only the targets?
 *   <li>Weights: is every changed element the exact sum, rounded once?
 *   <li>Numbers: are the outputs as close to a float64 reference as rounding allows?
 * </ul>
 *
 * {@link dev.graft.cli.verify.Verification} is what was found, for the terminal, the report's page and its JSON twin alike.
 */
@NullMarked
package dev.graft.cli.verify;

import org.jspecify.annotations.NullMarked;
