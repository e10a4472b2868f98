/**
 * Weights of Microsoft's loralib, saved as safetensors.
 *
 * <p>The file has {@code <module>.lora_A} and {@code <module>.lora_B} (no {@code .weight} behind them), whole tensors that
 * were trained beside them, and no configuration, so that alpha must be given, and with it whatever makes a layout ambiguous:
 *
 * <ul>
 *   <li>Linear: A [r, in], B [out, r], scaling alpha / r;
 *   <li>MergedLinear with n groups, g of them enabled: A [r·g, in], B [out / n · g, r]; each enabled group has its own r
 *       rows of A and its own rows of B. Read as one change of rank r·g whose B is zero outside the blocks;
 *   <li>Conv2d with kernel k: A [r·k, in·k], B [out / groups · k, r·k], B·A read row by row is the weight's change;
 *   <li>Embedding: shaped as Linear; told apart by the module's name.
 * </ul>
 */
@NullMarked
package dev.graft.adapter.format.loralib;

import org.jspecify.annotations.NullMarked;
