package dev.graft.runtime.generate.chat.jinja.syntax;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import java.util.List;

/** Reads templates. */
public final class Syntax {
    private Syntax() {}

    /**
     * What a template says, statement by statement.
     *
     * @throws JinjaException where it is no Jinja, or uses a tag that is not supported
     */
    public static List<Statement> read(String source) {
        TokenStream tokens = new TokenStream(Lexer.tokensOf(source));
        try {
            return new StatementParser(tokens).template();
        } catch (StackOverflowError small) {
            throw tokens.error("nested deeper than the stack of this thread allows");
        }
    }
}
