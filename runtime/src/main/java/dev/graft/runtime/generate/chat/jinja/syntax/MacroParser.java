package dev.graft.runtime.generate.chat.jinja.syntax;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Limits;
import dev.graft.runtime.generate.chat.jinja.syntax.Statement.Signature;
import java.util.ArrayList;
import java.util.List;

/** Reads macros and calls that are given a body. */
final class MacroParser {
    private final TokenStream stream;
    private final ExpressionParser expressions;
    private final StatementParser statements;

    MacroParser(TokenStream stream, ExpressionParser expressions, StatementParser statements) {
        this.stream = stream;
        this.expressions = expressions;
        this.statements = statements;
    }

    Statement.Macro macro(int line) {
        String name = new TargetParser(stream, expressions).name();
        int start = stream.position();
        Signature signature = parameters(name);
        List<Statement> body = statements.calledBody("endmacro");
        return new Statement.Macro(withHidden(signature, start), body, line);
    }

    Statement call(int line) {
        int start = stream.position();
        Signature signature = stream.isOperator("(")
                ? parameters("caller")
                : new Signature("caller", List.of(), List.of(), false, false, false);
        if (!(expressions.expression() instanceof Expression.Call call)) {
            throw JinjaException.at(line, "expected a call");
        }
        List<Statement> body = statements.calledBody("endcall");
        return new Statement.CallBody(call, new Statement.Macro(withHidden(signature, start), body, line), line);
    }

    /** Jinja passes what the parameters do not take only to a macro that reads it. */
    private Signature withHidden(Signature signature, int start) {
        return new Signature(
                signature.name(),
                signature.parameters(),
                signature.defaults(),
                stream.mentionedSince(start, "varargs"),
                stream.mentionedSince(start, "kwargs"),
                stream.mentionedSince(start, "caller"));
    }

    private Signature parameters(String name) {
        stream.expectOperator("(");
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        while (!stream.skipOperator(")")) {
            parameter(parameters, defaults);
            if (!stream.isOperator(")")) {
                stream.expectOperator(",");
            }
        }
        return new Signature(name, parameters, defaults, false, false, false);
    }

    private void parameter(List<String> parameters, List<Expression> defaults) {
        String parameter = new TargetParser(stream, expressions).name();
        if (parameters.size() >= Limits.PARAMETERS) {
            throw stream.error("a macro of more than " + Limits.PARAMETERS + " parameters");
        }
        if (parameters.contains(parameter)) {
            throw stream.error("the parameter '" + parameter + "' is there twice");
        }
        parameters.add(parameter);
        if (stream.skipOperator("=")) {
            defaults.add(expressions.expression());
        } else if (!defaults.isEmpty()) {
            throw stream.error("a parameter without a default follows one with a default");
        }
    }
}
