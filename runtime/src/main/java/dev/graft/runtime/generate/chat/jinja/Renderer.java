package dev.graft.runtime.generate.chat.jinja;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.format.Repr;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.limit.Sink;
import dev.graft.runtime.generate.chat.jinja.syntax.Expression.Application;
import dev.graft.runtime.generate.chat.jinja.syntax.Statement;
import dev.graft.runtime.generate.chat.jinja.syntax.Statement.Target;
import dev.graft.runtime.generate.chat.jinja.value.Filtering;
import dev.graft.runtime.generate.chat.jinja.value.Function;
import dev.graft.runtime.generate.chat.jinja.value.Iteration;
import dev.graft.runtime.generate.chat.jinja.value.Namespace;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Does what statements say, and writes the text. */
final class Renderer {
    /** How a body went: on to the next statement, or out of the loop or of its turn. */
    private enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    private final Run run;
    private final Evaluator evaluator;
    private Sink out;

    Renderer(Run run) {
        this.run = run;
        this.evaluator = new Evaluator(run);
        this.out = new Sink(run);
    }

    /** What a body writes. */
    String captured(List<Statement> body, Scope scope) {
        Sink around = out;
        Sink own = new Sink(run);
        out = own;
        body(body, scope);
        out = around;
        return own.toString();
    }

    private Flow body(List<Statement> body, Scope scope) {
        run.enter();
        Flow flow = Flow.NEXT;
        for (int index = 0; flow == Flow.NEXT && index < body.size(); index++) {
            run.step();
            flow = statement(body.get(index), scope);
        }
        run.leave();
        return flow;
    }

    private Flow statement(Statement statement, Scope scope) {
        if (statement instanceof Statement.Text text) {
            out.add(text.text());
            return Flow.NEXT;
        }
        if (statement instanceof Statement.Print print) {
            run.at(print.line());
            out.add(evaluator.text(print.value(), scope));
            return Flow.NEXT;
        }
        if (statement instanceof Statement.If branches) {
            return branch(branches, scope);
        }
        if (statement instanceof Statement.For loop) {
            return loop(loop, scope);
        }
        if (statement instanceof Statement.Jump jump) {
            return jump.leave() ? Flow.BREAK : Flow.CONTINUE;
        }
        return withBody(statement, scope);
    }

    private Flow withBody(Statement statement, Scope scope) {
        if (statement instanceof Statement.With with) {
            return with(with, scope);
        }
        if (statement instanceof Statement.FilterBody filter) {
            String text = captured(filter.body(), scope.inner());
            run.at(filter.line());
            out.add(Repr.text(run, filtered(text, filter.filters(), scope)));
        } else if (statement instanceof Statement.CallBody call) {
            run.at(call.line());
            out.add(Repr.text(run, evaluator.callWith(call.call(), macro(call.caller(), scope), scope)));
        } else if (statement instanceof Statement.Scoped scoped) {
            body(scoped.body(), scope.inner());
        } else {
            assignment(statement, scope);
        }
        return Flow.NEXT;
    }

    private void assignment(Statement statement, Scope scope) {
        if (statement instanceof Statement.Assign assign) {
            run.at(assign.line());
            assign(assign.target(), evaluator.value(assign.value(), scope), scope);
        } else if (statement instanceof Statement.AssignBody assign) {
            String text = captured(assign.body(), scope.inner());
            run.at(assign.line());
            assign(assign.target(), filtered(text, assign.filters(), scope), scope);
        } else if (statement instanceof Statement.Macro definition) {
            scope.set(definition.signature().name(), macro(definition, scope));
        }
    }

    private Flow branch(Statement.If branches, Scope scope) {
        for (Statement.Branch branch : branches.branches()) {
            run.at(branch.line());
            if (Types.truth(evaluator.value(branch.test(), scope))) {
                return body(branch.body(), scope);
            }
        }
        return body(branches.otherwise(), scope);
    }

    private Flow with(Statement.With with, Scope scope) {
        run.at(with.line());
        Scope inner = scope.inner();
        for (int index = 0; index < with.targets().size(); index++) {
            assign(with.targets().get(index), evaluator.value(with.values().get(index), scope), inner);
        }
        return body(with.body(), inner);
    }

    private Flow loop(Statement.For statement, Scope scope) {
        run.at(statement.line());
        Iterator<Object> items = Iteration.over(run, evaluator.value(statement.items(), scope));
        Loop loop = new Loop(
                run, statement.test().isEmpty() ? items : new Filtering(items, item -> passes(statement, item, scope)));
        boolean completed = false;
        Flow flow = Flow.NEXT;
        while (flow != Flow.BREAK && loop.hasNext()) {
            flow = turn(statement, loop, scope.inner());
            completed |= flow == Flow.NEXT;
        }
        // As in Jinja, a turn that was jumped out of does not keep the else away.
        return completed ? Flow.NEXT : body(statement.otherwise(), scope.inner());
    }

    private Flow turn(Statement.For statement, Loop loop, Scope inner) {
        assign(statement.target(), loop.next(), inner);
        inner.set("loop", loop);
        return body(statement.body(), inner);
    }

    private boolean passes(Statement.For statement, Object item, Scope scope) {
        Scope inner = scope.inner();
        assign(statement.target(), item, inner);
        run.at(statement.line());
        return Types.truth(evaluator.value(statement.test().get(0), inner));
    }

    private Object filtered(Object value, List<Application> filters, Scope scope) {
        Object result = value;
        for (Application filter : filters) {
            result = evaluator.filtered(result, filter, scope);
        }
        return result;
    }

    private void assign(Target target, Object value, Scope scope) {
        if (target instanceof Target.Variable variable) {
            scope.set(variable.name(), value);
        } else if (target instanceof Target.Member member) {
            if (!(scope.get(member.namespace()) instanceof Namespace namespace)) {
                throw JinjaException.of("cannot assign attribute on non-namespace object '" + member.namespace() + "'");
            }
            namespace.set(member.name(), value);
        } else if (target instanceof Target.Several several) {
            unpack(several.targets(), Iteration.over(run, value), scope);
        }
    }

    private void unpack(List<Target> targets, Iterator<Object> values, Scope scope) {
        List<Object> unpacked = new ArrayList<>();
        while (values.hasNext() && unpacked.size() <= targets.size()) {
            unpacked.add(values.next());
        }
        if (unpacked.size() != targets.size()) {
            throw JinjaException.of("cannot unpack: expected " + targets.size() + " values");
        }
        for (int index = 0; index < targets.size(); index++) {
            assign(targets.get(index), unpacked.get(index), scope);
        }
    }

    private Function macro(Statement.Macro definition, Scope scope) {
        MacroCall call = new MacroCall(definition.signature(), evaluator, scope);
        return arguments -> {
            run.enter();
            run.charge(definition.signature().parameters().size());
            String text = captured(definition.body(), call.bound(arguments));
            run.leave();
            return text;
        };
    }
}
