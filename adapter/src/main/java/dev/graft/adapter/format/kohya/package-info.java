/**
 * LoRA and LoCon files of kohya's sd-scripts and LyCORIS.
 *
 * <p>A module is called {@code lora_unet_}, {@code lora_te_}, {@code lora_te1_} or {@code lora_te2_} and its path with dots
 * turned into underscores, which no one can turn back without the model's own names. So the adapters read here carry the path
 * as it stands, without the prefix, and their {@link dev.graft.adapter.Adapter#format()} is {@code kohya}: whoever looks for
 * a module in a model compares with {@link dev.graft.adapter.format.kohya.KohyaNames#flatten}.
 *
 * <p>{@code W' = W + alpha / rank · up · down}; without alpha, or with 0, the scaling is 1. A {@code lora_mid} (Tucker form:
 * down 1x1, mid k x k, up 1x1) is multiplied into down. LoHa, LoKr, OFT and DoRA (whose norm runs the other way than PEFT's)
 * are refused by name.
 */
@NullMarked
package dev.graft.adapter.format.kohya;

import org.jspecify.annotations.NullMarked;
