package dev.graft.runtime.generate.chat.jinja;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.filter.Filters;
import dev.graft.runtime.generate.chat.jinja.filter.Tests;
import dev.graft.runtime.generate.chat.jinja.format.Repr;
import dev.graft.runtime.generate.chat.jinja.limit.Limits;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.limit.Sink;
import dev.graft.runtime.generate.chat.jinja.operator.Arithmetic;
import dev.graft.runtime.generate.chat.jinja.operator.Bounds;
import dev.graft.runtime.generate.chat.jinja.operator.Items;
import dev.graft.runtime.generate.chat.jinja.syntax.Expression;
import dev.graft.runtime.generate.chat.jinja.syntax.Expression.Application;
import dev.graft.runtime.generate.chat.jinja.syntax.Expression.Given;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import dev.graft.runtime.generate.chat.jinja.value.Comparison;
import dev.graft.runtime.generate.chat.jinja.value.Dict;
import dev.graft.runtime.generate.chat.jinja.value.Function;
import dev.graft.runtime.generate.chat.jinja.value.Iteration;
import dev.graft.runtime.generate.chat.jinja.value.None;
import dev.graft.runtime.generate.chat.jinja.value.Tuple;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import dev.graft.runtime.generate.chat.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gives expressions their values. */
final class Evaluator {
    private final Run run;
    private final Arithmetic arithmetic;
    private final Items items;
    private final Filters filters;
    private final Tests tests;

    Evaluator(Run run) {
        this.run = run;
        this.arithmetic = new Arithmetic(run);
        this.items = new Items(run);
        this.tests = new Tests(run);
        this.filters = new Filters(run, items, tests);
    }

    String text(Expression expression, Scope scope) {
        return Repr.text(run, value(expression, scope));
    }

    Object value(Expression expression, Scope scope) {
        run.enter();
        Object value = simple(expression, scope);
        run.leave();
        return value;
    }

    private Object simple(Expression expression, Scope scope) {
        if (expression instanceof Expression.Constant constant) {
            return constant.value();
        }
        if (expression instanceof Expression.Nothing) {
            return None.NONE;
        }
        if (expression instanceof Expression.Missing missing) {
            return Undefined.of(missing.why());
        }
        if (expression instanceof Expression.Name name) {
            run.charge(scope.depth() / Limits.SCOPES_PER_STEP);
            return scope.get(name.name());
        }
        if (expression instanceof Expression.Attribute attribute) {
            return items.attribute(value(attribute.of(), scope), attribute.name());
        }
        if (expression instanceof Expression.Item item) {
            Object of = value(item.of(), scope);
            return items.item(of, value(item.key(), scope));
        }
        return called(expression, scope);
    }

    private Object called(Expression expression, Scope scope) {
        if (expression instanceof Expression.Filtered filtered) {
            return filtered(value(filtered.of(), scope), filtered.filter(), scope);
        }
        if (expression instanceof Expression.Tested tested) {
            Object value = value(tested.of(), scope);
            run.at(tested.test().line());
            return tests.holds(
                    tested.test().name(), value, arguments(tested.test().given(), scope));
        }
        if (expression instanceof Expression.Call call) {
            return call(call, new LinkedHashMap<>(), scope);
        }
        return logical(expression, scope);
    }

    private Object logical(Expression expression, Scope scope) {
        if (expression instanceof Expression.Not not) {
            return !Types.truth(value(not.of(), scope));
        }
        if (expression instanceof Expression.Either either) {
            Object left = value(either.left(), scope);
            return Types.truth(left) == either.and() ? value(either.right(), scope) : left;
        }
        if (expression instanceof Expression.Conditional conditional) {
            boolean holds = Types.truth(value(conditional.test(), scope));
            return value(holds ? conditional.then() : conditional.otherwise(), scope);
        }
        if (expression instanceof Expression.Compare compare) {
            return compared(compare, scope);
        }
        return computed(expression, scope);
    }

    private Object computed(Expression expression, Scope scope) {
        if (expression instanceof Expression.Binary binary) {
            Object left = value(binary.left(), scope);
            return arithmetic.apply(binary.operator(), left, value(binary.right(), scope));
        }
        if (expression instanceof Expression.Concat concat) {
            Sink sink = new Sink(run);
            concat.parts().forEach(part -> sink.add(text(part, scope)));
            return sink.toString();
        }
        if (expression instanceof Expression.Signed signed) {
            return arithmetic.signed(signed.negative(), value(signed.of(), scope));
        }
        return built(expression, scope);
    }

    private Object built(Expression expression, Scope scope) {
        if (expression instanceof Expression.ListOf list) {
            return values(list.items(), scope);
        }
        if (expression instanceof Expression.TupleOf tuple) {
            return Tuple.of(values(tuple.items(), scope));
        }
        if (expression instanceof Expression.Slice slice) {
            return new Bounds(value(slice.start(), scope), value(slice.stop(), scope), value(slice.step(), scope));
        }
        Dict dict = new Dict();
        for (Expression.Pair pair : ((Expression.DictOf) expression).pairs()) {
            Object key = Types.key(value(pair.key(), scope));
            run.chargeValue(key);
            dict.put(key, value(pair.value(), scope));
        }
        return dict;
    }

    private List<Object> values(List<Expression> expressions, Scope scope) {
        List<Object> values = new ArrayList<>(expressions.size());
        expressions.forEach(expression -> values.add(value(expression, scope)));
        return values;
    }

    private boolean compared(Expression.Compare compare, Scope scope) {
        Object left = value(compare.first(), scope);
        for (Expression.Operand operand : compare.rest()) {
            Object right = value(operand.right(), scope);
            if (!Comparison.holds(run, operand.operator(), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    Object filtered(Object value, Application filter, Scope scope) {
        Arguments arguments = arguments(filter.given(), scope);
        run.at(filter.line());
        return filters.apply(filter.name(), value, arguments);
    }

    /** A call that is given one thing more, by the name of caller. */
    Object callWith(Expression.Call call, Function caller, Scope scope) {
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("caller", caller);
        return call(call, named, scope);
    }

    private Object call(Expression.Call call, Map<String, Object> named, Scope scope) {
        Object of = value(call.of(), scope);
        Arguments arguments = arguments(call.given(), named, scope);
        run.at(call.line());
        if (of instanceof Function function) {
            return function.call(arguments);
        }
        throw of instanceof Undefined undefined
                ? undefined.error()
                : JinjaException.of("'" + Types.name(of) + "' object is not callable");
    }

    private Arguments arguments(Given given, Scope scope) {
        return arguments(given, new LinkedHashMap<>(), scope);
    }

    private Arguments arguments(Given given, Map<String, Object> named, Scope scope) {
        List<Object> positional = values(given.positional(), scope);
        given.named().forEach(argument -> named.put(argument.name(), value(argument.value(), scope)));
        for (Expression all : given.all()) {
            positional.addAll(Iteration.list(run, value(all, scope)));
        }
        for (Expression all : given.allNamed()) {
            addNamed(named, value(all, scope));
        }
        // What is called reads the texts that it is given.
        positional.forEach(run::chargeValue);
        named.values().forEach(run::chargeValue);
        return new Arguments(positional, named);
    }

    private void addNamed(Map<String, Object> named, Object dict) {
        if (!(dict instanceof Map)) {
            throw JinjaException.of("argument after ** must be a mapping");
        }
        run.chargeItems(Types.dict(dict).size());
        for (Map.Entry<Object, Object> entry : Types.dict(dict).entrySet()) {
            run.chargeValue(entry.getKey());
            @Nullable Object other = named.put(Types.text(entry.getKey()), entry.getValue());
            if (other != null) {
                throw JinjaException.of("got an argument twice");
            }
        }
    }
}
