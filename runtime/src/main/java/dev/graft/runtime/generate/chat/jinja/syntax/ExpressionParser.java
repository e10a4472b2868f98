package dev.graft.runtime.generate.chat.jinja.syntax;

import dev.graft.runtime.generate.chat.jinja.syntax.Expression.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Reads operators, from the weakest to the strongest; Jinja's grammar, one method per level. */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> SUMS = Set.of("+", "-");
    private static final Set<String> PRODUCTS = Set.of("*", "/", "//", "%");
    private static final Set<String> POWER = Set.of("**");

    private final TokenStream stream;
    private final PrimaryParser primary;

    ExpressionParser(TokenStream stream) {
        this.stream = stream;
        this.primary = new PrimaryParser(stream, this);
    }

    PrimaryParser primary() {
        return primary;
    }

    Expression expression() {
        return nested(this::conditional);
    }

    /** An expression that an {@code if} may follow that is not its own. */
    Expression withoutConditional() {
        return nested(this::either);
    }

    private Expression nested(Supplier<Expression> parser) {
        stream.enter();
        Expression expression = parser.get();
        stream.leave();
        return expression;
    }

    /** One expression, or a tuple without parentheses. */
    Expression tuple(Supplier<Expression> item, BooleanSupplier atEnd) {
        List<Expression> items = new ArrayList<>();
        boolean comma = false;
        while (!atEnd.getAsBoolean()) {
            items.add(item.get());
            if (!stream.skipOperator(",")) {
                break;
            }
            comma = true;
        }
        if (!comma && items.isEmpty()) {
            throw stream.error("expected an expression, got " + stream.current().described());
        }
        return comma ? new Expression.TupleOf(items) : items.get(0);
    }

    Expression tuple() {
        return tuple(this::expression, this::atTupleEnd);
    }

    boolean atTupleEnd() {
        return stream.is(Token.Kind.PRINT_END) || stream.is(Token.Kind.BLOCK_END) || stream.isOperator(")");
    }

    private Expression conditional() {
        Expression then = either();
        while (stream.skipName("if")) {
            Expression test = either();
            Expression otherwise = stream.skipName("else")
                    ? nested(this::conditional)
                    : new Expression.Missing(
                            "the inline if-expression evaluated to false and no else section was defined");
            then = new Expression.Conditional(test, then, otherwise);
        }
        return then;
    }

    private Expression either() {
        Expression left = both();
        while (stream.skipName("or")) {
            left = new Expression.Either(false, left, both());
        }
        return left;
    }

    private Expression both() {
        Expression left = not();
        while (stream.skipName("and")) {
            left = new Expression.Either(true, left, not());
        }
        return left;
    }

    private Expression not() {
        return stream.skipName("not") ? new Expression.Not(nested(this::not)) : compare();
    }

    private Expression compare() {
        Expression first = sum();
        List<Operand> rest = new ArrayList<>();
        for (String operator = comparison(); !operator.isEmpty(); operator = comparison()) {
            rest.add(new Operand(operator, sum()));
        }
        return rest.isEmpty() ? first : new Expression.Compare(first, rest);
    }

    /** The comparison that is next, read; or nothing. */
    private String comparison() {
        if (stream.is(Token.Kind.OPERATOR)
                && COMPARISONS.contains(stream.current().text())) {
            return stream.next().text();
        }
        if (stream.skipName("in")) {
            return "in";
        }
        if (stream.current().isName("not") && stream.look().isName("in")) {
            stream.next();
            stream.next();
            return "not in";
        }
        return "";
    }

    private Expression sum() {
        return leftToRight(SUMS, this::concat);
    }

    private Expression concat() {
        List<Expression> parts = new ArrayList<>();
        do {
            parts.add(product());
        } while (stream.skipOperator("~"));
        return parts.size() == 1 ? parts.get(0) : new Expression.Concat(parts);
    }

    private Expression product() {
        return leftToRight(PRODUCTS, () -> leftToRight(POWER, () -> unary(true)));
    }

    private Expression leftToRight(Set<String> operators, Supplier<Expression> operand) {
        Expression left = operand.get();
        while (stream.is(Token.Kind.OPERATOR)
                && operators.contains(stream.current().text())) {
            left = new Expression.Binary(stream.next().text(), left, operand.get());
        }
        return left;
    }

    private Expression unary(boolean withFilters) {
        Expression of;
        if (stream.isOperator("-") || stream.isOperator("+")) {
            boolean negative = stream.next().isOperator("-");
            of = new Expression.Signed(negative, nested(() -> unary(false)));
        } else {
            of = primary.primary();
        }
        Expression whole = primary.postfix(of);
        return withFilters ? primary.filtersAndTests(whole) : whole;
    }
}
