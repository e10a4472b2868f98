/**
 * From files of examples to batches.
 *
 * <p>{@link dev.graft.training.data.TrainingData#open} reads everything that the configuration names and gives {@link dev.graft.training.data.Batches}: {@code size()}
 * batches an epoch, {@code batch(epoch, index)} the same one each time, so that these two numbers are a run's place in its data.
 *
 * <pre>
 * RowFiles            .jsonl, .json (an array), .csv (quotes), .tsv (no quotes: a quote is a quote) to rows, one at a time
 *   TextLines         bytes to lines, each of which may be no UTF-8; CsvRecords, which may have quotes out of place
 *   TextFormats       a row's columns to a conversation: prompt and completion, messages, sharegpt, alpaca, text
 *   ChatMessages      a list of messages to turns; OpenAiForm and ShareGptForm tell how one is written down, OfferedTools reads the schemas of tools
 *   ConversationEncoder   a conversation to tokens, of which the answers are learnt
 *   LabelledTexts     a row's columns to one text or two and a label, for classification and regression
 * TensorFile          .safetensors and .npz: a tensor per graph input and one of labels, whose first dimension counts rows
 * RowStore            rows that are ready: TextRows, PackedRows, LabelledRows, TensorRows
 * RowOrder            file order, or a permutation that data_seed and epoch decide; grouped by length if asked for
 * </pre>
 *
 * <p><b>Text.</b> A row is {@code BOS prompt completion EOS}; prompt and completion are encoded each by itself. BOS and EOS come from {@code tokenizer_config.json}
 * ({@code bos_token}, {@code eos_token}; null means none, {@code add_bos_token: false} means no BOS) or else from {@code config.json}; {@code add_bos} and
 * {@code add_eos} override. Conversations and alpaca rows are written with a chat template: the one named by {@code template}, else the model's own, which is a
 * program that is run; prompt and completion only where {@code template} is set. What a program does not write of a conversation's tools {@code ToolCheck} finds. Labels are the answers' tokens (prompts too with {@code train_on_prompt};
 * only the last answer with {@code mask_history}), moved by one, so that element t is what follows position t. What exceeds {@code cutoff_len} is cut exchange by
 * exchange as LLaMA-Factory's {@code infer_seqlen} does: the prompt is cut if the answer takes less than half, the answer if the prompt does, else both by
 * their shares.
 *
 * <p><b>Packing</b> puts texts into sequences of up to {@code cutoff_len} tokens once, before the first epoch; then sequences are shuffled. Positions begin anew at each text, which
 * reaches graphs with an input for them; the mask does not keep the texts of a sequence apart, so that they see one another unless the graph does. {@code TrainingData#warnings} says so.
 *
 * <p><b>Labels.</b> Classes are numbered by {@code class_names}, else by {@code id2label} of {@code config.json}, else by themselves if all are whole numbers, else in
 * alphabetical order; other numbers are refused. A tensor of labels is taken as it is: for a language model element t is what follows position t.
 *
 * <p><b>What the model takes.</b> {@code ModelLimits} reads from the model's file how many classes and tokens there are, and what its inputs are like; labels, tokens and tensors
 * are compared with that while they are read. {@code RowLength} is how long rows may be, by the model's configuration too. ONNX Runtime would take some of what does not fit, and learn something else.
 *
 * <p>Held-out rows ({@code val_size}) are chosen by {@code data_seed} and keep their order. A row that cannot be used is an error with file and line, or with {@code
 * skip_bad_rows} it is counted and listed. Files are read line by line; what is kept of a row is its tokens.
 */
@NullMarked
package dev.graft.training.data;

import org.jspecify.annotations.NullMarked;
