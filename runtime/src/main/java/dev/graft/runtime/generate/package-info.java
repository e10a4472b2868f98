/**
 * Text from a causal language model, one token after the other.
 *
 * <pre>
 * TokenizerSource   text to tokens and back; comes from outside
 * TextModel         what a session's model is as a language model: its inputs, its cache, its logits
 * Decoder           reads one text, keeps it in the cache, gives the logits of what follows
 * sampling          from logits to the next token
 * TextGenerator     all of it, until something says stop; tells a listener as the text comes
 * BatchedDecoder    a model in style batched that reads several texts in one run, each with its own adapter
 * BatchedReader     what a BatchedDecoder reads with, step by step: CachedReader keeps the texts in the model's cache,
 *                   TextGroups says which share a run, PaddingTrial whether texts of different lengths can;
 *                   WholeTextReader is for models without a cache
 * BatchedTextGenerator   continues several texts side by side, each as it is continued alone
 * RunInputs         what the inputs of a run are, for one text or several: it all follows from RunTexts
 * cache             keys and values from one run to the next
 * chat              a conversation, written as the model was taught
 * </pre>
 *
 * <pre>{@code
 * try (ModelSession session = ModelSession.open(Path.of("model.onnx"), SessionSettings.DEFAULT);
 *         TextGenerator generator = TextGenerator.of(TextModel.over(session, List.of(adapter)), tokenizer)) {
 *     Generation generation = generator.generate("Once upon a time", GenerationSettings.ofMaxTokens(64), GenerationListener.NONE);
 *     System.out.println(generation.text());
 * }
 * }</pre>
 *
 * <p>A text depends on the model, the adapters, the prompt and the settings, and on nothing else: not on threads, not on what was generated before. Exports with a cache
 * and without give the same text up to the rounding of their kernels.
 */
@NullMarked
package dev.graft.runtime.generate;

import org.jspecify.annotations.NullMarked;
