package dev.graft.cli.generate;

import dev.graft.cli.tokenizer.HuggingFaceTokenizerSource;
import dev.graft.runtime.generate.GenerationSettings;
import dev.graft.runtime.generate.TextModel;
import dev.graft.runtime.generate.chat.SpecialTokens;
import dev.graft.runtime.generate.chat.TokenizerFolder;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.ModelFolderHints;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A model, its tokenizer, and what the files beside both say.
 *
 * @param session the model
 * @param tokenizer its tokenizer
 * @param folder what the files beside the tokenizer say
 * @param hints what the files beside model and tokenizer say of the model's inputs
 */
public record LanguageModel(
        ModelSession session, HuggingFaceTokenizerSource tokenizer, TokenizerFolder folder, InputHints hints)
        implements AutoCloseable {
    /** Opens both; the caller closes them. */
    public static LanguageModel open(Path model, Path tokenizerFile, SessionSettings settings) {
        ModelSession session = ModelSession.open(model, settings);
        try {
            InputHints hints = ModelFolderHints.read(model, session.inputs())
                    .orElse(ModelFolderHints.read(tokenizerFile, session.inputs()));
            TokenizerFolder folder = TokenizerFolder.read(tokenizerFile, model);
            return new LanguageModel(session, HuggingFaceTokenizerSource.open(tokenizerFile), folder, hints);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    /** The model with adapters. */
    public TextModel with(List<LoadedAdapter> adapters) {
        return TextModel.over(session, adapters, hints);
    }

    /** Settings with the model's context and the tokens that end a text. */
    public GenerationSettings complete(GenerationSettings settings) {
        Set<Long> stops = new HashSet<>(settings.stopTokens());
        stops.addAll(tokenizer.endTokens());
        stops.addAll(folder.endTokens());
        return settings.withStopTokens(stops)
                .withContextLength(folder.contextLength().orElse(settings.contextLength()));
    }

    /** The tokens that stand around texts. */
    public SpecialTokens special() {
        return SpecialTokens.read(tokenizer, folder);
    }

    @Override
    public void close() {
        tokenizer.close();
        session.close();
    }
}
