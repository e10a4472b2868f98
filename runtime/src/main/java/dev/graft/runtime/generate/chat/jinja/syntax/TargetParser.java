package dev.graft.runtime.generate.chat.jinja.syntax;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.syntax.Statement.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Reads what is assigned to: names, members of a namespace, several of them with or without parentheses. */
final class TargetParser {
    private static final Set<String> CONSTANTS = Set.of("true", "false", "none", "True", "False", "None");

    private final TokenStream stream;
    private final ExpressionParser expressions;

    TargetParser(TokenStream stream, ExpressionParser expressions) {
        this.stream = stream;
        this.expressions = expressions;
    }

    Target target(BooleanSupplier end, boolean members) {
        List<Target> targets = new ArrayList<>();
        boolean comma = false;
        while (!end.getAsBoolean() && !expressions.atTupleEnd()) {
            targets.add(single(members));
            if (!stream.skipOperator(",")) {
                break;
            }
            comma = true;
        }
        if (targets.isEmpty()) {
            throw stream.error(
                    "expected a name to assign to, got " + stream.current().described());
        }
        return comma ? new Target.Several(targets) : targets.get(0);
    }

    private Target single(boolean members) {
        if (stream.skipOperator("(")) {
            stream.enter();
            Target inside = target(() -> false, members);
            stream.leave();
            stream.expectOperator(")");
            return inside;
        }
        String name = name();
        boolean member = members && stream.skipOperator(".");
        return member ? new Target.Member(name, stream.expect(Token.Kind.NAME).text()) : new Target.Variable(name);
    }

    /** Within a loop, its own variable cannot be assigned to. */
    void refuseLoop(Target target) {
        if (target instanceof Target.Variable variable && variable.name().equals("loop")) {
            throw stream.error("cannot assign to 'loop' in a loop");
        }
        if (target instanceof Target.Several several) {
            several.targets().forEach(this::refuseLoop);
        }
    }

    String name() {
        Token token = stream.expect(Token.Kind.NAME);
        if (CONSTANTS.contains(token.text())) {
            throw JinjaException.at(token.line(), "cannot assign to " + token.described());
        }
        return token.text();
    }
}
