/**
 * PEFT folders: {@code adapter_config.json} and {@code adapter_model.safetensors}.
 *
 * <p>{@link dev.graft.adapter.format.peft.PeftReader} reads the configuration and hands over to the {@code PeftMethod} that
 * {@code PeftMethods} has for its {@code peft_type}; one file per method, one row in that table. {@code LoraMethod} is LoRA
 * with all that PEFT does under that name (rsLoRA, patterns, DoRA, biases, saved modules, tokens); {@code AdaLoraMethod} folds
 * singular values into a factor, {@code VbLoraMethod} mixes factors out of a bank of vectors, {@code VeraMethod} leaves its shared
 * matrices to be cut to the base's widths; {@code LnTuningMethod} and {@code TrainableTokensMethod} replace normalisations and rows
 * of an embedding. All other types of PEFT 0.21 are in {@code RefusedMethod}, with what they are, why they are refused and what to do
 * instead.
 *
 * <p>To add a method: write its file, move its row. A method whose change is no product of two thin matrices (LoHa, LoKr, IA3, OFT)
 * also needs a new kind of {@link dev.graft.adapter.ModuleChange} that gives its dense change window by window, and the merge to
 * know it.
 *
 * <p>A tensor's name is taken apart by {@code PeftKey}. No tensor is left over in silence: what no rule explains is an error
 * that lists it; what is known and not needed, such as the base's own embedding that PEFT stores beside an adapter on it, is
 * a warning.
 *
 * <p>{@link dev.graft.adapter.format.peft.PeftWriter} writes folders that PEFT loads.
 */
@NullMarked
package dev.graft.adapter.format.peft;

import org.jspecify.annotations.NullMarked;
