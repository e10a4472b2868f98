package dev.graft.runtime.generate.chat.jinja;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.syntax.Statement.Signature;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import dev.graft.runtime.generate.chat.jinja.value.Dict;
import dev.graft.runtime.generate.chat.jinja.value.Tuple;
import dev.graft.runtime.generate.chat.jinja.value.Undefined;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A macro's parameters, and the scope in which it was defined, which its body sees. */
record MacroCall(Signature signature, Evaluator evaluator, Scope scope) {
    /** The scope of the body for what a call gives. */
    Scope bound(Arguments arguments) {
        Scope inner = scope.inner();
        List<String> parameters = signature.parameters();
        List<Object> positional = arguments.positional();
        Map<String, Object> named = new LinkedHashMap<>(arguments.named());
        Set<String> given = new HashSet<>();
        for (int index = 0; index < Math.min(parameters.size(), positional.size()); index++) {
            given.add(parameters.get(index));
            inner.set(parameters.get(index), positional.get(index));
        }
        refuseTwice(given, named);
        for (int index = positional.size(); index < parameters.size(); index++) {
            inner.set(parameters.get(index), remaining(index, named, inner));
        }
        hidden(inner, positional, named);
        return inner;
    }

    private void refuseTwice(Set<String> given, Map<String, Object> named) {
        for (String name : given) {
            if (named.containsKey(name)) {
                throw JinjaException.of("macro '" + signature.name() + "' got '" + name + "' twice");
            }
        }
    }

    private Object remaining(int index, Map<String, Object> named, Scope inner) {
        String name = signature.parameters().get(index);
        @Nullable Object value = named.remove(name);
        int fromDefaults =
                index - (signature.parameters().size() - signature.defaults().size());
        if (value != null) {
            return value;
        }
        return fromDefaults < 0
                ? Undefined.of("parameter '" + name + "' was not provided")
                : evaluator.value(signature.defaults().get(fromDefaults), inner);
    }

    private void hidden(Scope inner, List<Object> positional, Map<String, Object> named) {
        if (signature.caller()) {
            @Nullable Object caller = named.remove("caller");
            inner.set("caller", caller == null ? Undefined.of("No caller defined") : caller);
        }
        if (signature.kwargs()) {
            Dict kwargs = new Dict();
            kwargs.putAll(named);
            inner.set("kwargs", kwargs);
        } else if (!named.isEmpty()) {
            throw JinjaException.of("macro '" + signature.name() + "' takes no argument '"
                    + named.keySet().iterator().next() + "'");
        }
        int taken = Math.min(signature.parameters().size(), positional.size());
        if (signature.varargs()) {
            inner.set("varargs", Tuple.of(List.copyOf(positional.subList(taken, positional.size()))));
        } else if (positional.size() > taken) {
            throw JinjaException.of("macro '" + signature.name() + "' takes not more than " + taken + " arguments");
        }
    }
}
