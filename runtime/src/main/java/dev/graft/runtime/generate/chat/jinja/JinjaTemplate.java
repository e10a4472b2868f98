package dev.graft.runtime.generate.chat.jinja;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Limits;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.syntax.Statement;
import dev.graft.runtime.generate.chat.jinja.syntax.Syntax;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import java.time.Clock;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A chat template, read: what a tokenizer_config.json says of how a conversation is written.
 *
 * <p>It comes from a stranger, so it can do nothing but make text of what it is given, within {@link Limits}. Safe to use from several threads.
 */
public final class JinjaTemplate {
    private final List<Statement> statements;

    private JinjaTemplate(List<Statement> statements) {
        this.statements = statements;
    }

    /**
     * Reads a template.
     *
     * @throws JinjaException where it is no Jinja, or uses a tag that is not supported
     */
    public static JinjaTemplate parse(String source) {
        return new JinjaTemplate(Syntax.read(source));
    }

    /**
     * The text that the template makes of the variables: String, Boolean, Long, Double, null, List and Map of these.
     *
     * @throws JinjaException where the template fails, refuses, or takes more than {@link Limits} allow
     */
    public String render(Map<String, ?> variables) {
        return render(variables, new Run(Clock.system(ZoneId.systemDefault())));
    }

    /** With a clock of one's own, which {@code strftime_now} reads, and steps to be counted. */
    String render(Map<String, ?> variables, Run run) {
        try {
            return rendered(run, variables);
        } catch (JinjaException failed) {
            throw failed.withLine(run.line());
        } catch (StackOverflowError small) {
            // The limits hold for the usual stack of a thread; this one was smaller.
            throw JinjaException.at(run.line(), "calls and expressions deeper than the stack of this thread allows");
        }
    }

    private String rendered(Run run, Map<String, ?> variables) {
        Map<String, Object> values = new HashMap<>(Globals.of(run));
        variables.forEach((name, value) -> values.put(name, Types.ofJava(value, 0)));
        Renderer renderer = new Renderer(run);
        return renderer.captured(statements, Scope.of(values).inner());
    }
}
