/**
 * The YAML file of {@code graft train}, read into a {@link dev.graft.training.config.TrainingConfig}.
 *
 * <p>Keys are LLaMA-Factory's, and so are defaults, which it has from transformers (learning rate 5e-5, linear, 3 epochs, batch 8, clipping at 1, seed 42). Differences:
 * {@code model_name_or_path} is the ONNX file and {@code dataset} and {@code eval_dataset} are files, relative to the YAML file's folder or to {@code
 * dataset_dir}; {@code logging_steps} is 10 and {@code eval_steps} is {@code save_steps} by default. {@code packing} is off unless it is asked for.
 *
 * <p>Keys that LLaMA-Factory does not have:
 *
 * <pre>
 * tokenizer               the model's tokenizer.json; by default the one beside the model
 * threads                 of ONNX Runtime; 0 is its own choice
 * loss                    causal_lm (default), classification, regression, output:NAME for an output of the graph
 * lora_target             besides all and names: a regular expression for whole module paths
 * layers_to_transform     the numbers of the layers that get an adapter (PEFT's name)
 * lora_init               kaiming (default) or gaussian
 * dataset_format          prompt_completion, messages, sharegpt, alpaca, text, labelled_text; by default seen from the first row
 * prompt_column, completion_column, messages_column, text_column, text_pair_column, label_column
 * class_names             the classes in the order of their numbers
 * add_bos, add_eos        whether texts begin and end with the tokens for it
 * skip_bad_rows           leave out what cannot be used, and list it
 * pad_to_multiple_of      round the length of batches up
 * </pre>
 *
 * <p>{@code SettingReader} reads a key by type and range and notes the value it has in effect; what nobody asked for is an unknown key, so no list
 * of supported keys needs keeping. {@code ForeignKeys} has the fields of LLaMA-Factory that are not read: some do not matter and are
 * listed as ignored, others would change the training and are refused by name unless they ask for nothing. To add a key, read it
 * in the record that it belongs to.
 *
 * <p>The file is read event by event and never turned into objects; aliases and tags are refused, size and depth bounded.
 */
@NullMarked
package dev.graft.training.config;

import org.jspecify.annotations.NullMarked;
