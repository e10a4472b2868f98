package dev.graft.runtime.generate.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the goldens do not show: Java's values, lines and messages of errors, the clock. */
final class JinjaTemplateTest {
    private static String render(String template, Map<String, ?> variables) {
        return JinjaTemplate.parse(template).render(variables);
    }

    @Test
    void readsValuesOfJava() {
        Map<String, @Nullable Object> values = new HashMap<>();
        values.put("none", null);
        values.put("v", Arrays.asList("a", true, 1L, 2, 1.5, 2.5f, null, Map.of("k", List.of())));

        assertThat(render("{{ v }}", values)).isEqualTo("['a', True, 1, 2, 1.5, 2.5, None, {'k': []}]");
    }

    @Test
    void refusesOtherObjects() {
        assertThatThrownBy(() -> render("{{ v }}", Map.of("v", new StringBuilder("x"))))
                .isInstanceOf(JinjaException.class)
                .hasMessage("a template cannot read a java.lang.StringBuilder");
    }

    @Test
    void refusesValuesThatHoldThemselves() {
        List<Object> self = new ArrayList<>();
        self.add(self);

        assertThatThrownBy(() -> render("x", Map.of("v", self)))
                .isInstanceOf(JinjaException.class)
                .hasMessage("values nested more than 200 deep");
    }

    @Test
    void rendersAgainAndAgainTheSame() {
        JinjaTemplate template =
                JinjaTemplate.parse("{% set ns = namespace(n=n) %}{% set ns.n = ns.n + 1 %}{{ ns.n }}");

        assertThat(List.of(template.render(Map.of("n", 1L)), template.render(Map.of("n", 5L))))
                .containsExactly("2", "6");
    }

    @Test
    void saysWhatTheTemplateRaised() {
        JinjaException refused = catchThrowableOfType(
                JinjaException.class,
                () -> render("a\n\n{% if x %}{% endif %}{{ raise_exception('Roles must alternate') }}", Map.of()));

        assertThat(refused).hasMessage("Roles must alternate");
        assertThat(refused.isRaised()).isTrue();
        assertThat(refused.line()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "a\\n{{ 1/0 }} @ 2 @ a division by zero, or a number beyond 64 bits",
                "a\\n\\n{% include 'x' %} @ 3 @ the tag 'include' is not supported",
                "{% extends 'x' %} @ 1 @ the tag 'extends' is not supported",
                "{% block x %}{% endblock %} @ 1 @ the tag 'block' is not supported",
                "{% from 'x' import y %} @ 1 @ the tag 'from' is not supported",
                "{% import 'x' as y %} @ 1 @ the tag 'import' is not supported",
                "{% nosuch %} @ 1 @ the tag 'nosuch' is not known, or has nothing to end",
                "{% for a in b recursive %}{% endfor %} @ 1 @ a recursive loop is not supported",
                "{% if x %}\\n @ 1 @ the template ends within a block that needs elif or else or endif",
                "{#\\n x @ 1 @ the comment has no end",
                "\\n{% raw %} x @ 2 @ the raw part has no endraw",
                "{{ 'x }} @ 1 @ the string has no end",
                "{{ x y }} @ 1 @ expected }}, got 'y'",
                "\\n{{ (1 }} @ 2 @ unexpected '}'",
                "{{ x.y }} @ 1 @ 'x' is undefined",
                "{{ {}.y.z }} @ 1 @ 'dict object' has no attribute 'y'",
                "{{ 1|nosuch }} @ 1 @ no filter named 'nosuch'",
                "{{ 1 is nosuch }} @ 1 @ no test named 'nosuch'",
                "{{ nosuch() }} @ 1 @ 'nosuch' is undefined",
                "{% set x.y = 1 %} @ 1 @ cannot assign attribute on non-namespace object 'x'",
                "{{ 1 + 'a' }} @ 1 @ unsupported operands: 'int' and 'str'",
                "{% break %} @ 1 @ 'break' outside of a loop",
                "{% for a in 5 %}{% endfor %} @ 1 @ 'int' object is not iterable",
            })
    void errorsSayWhatAndWhere(String template, int line, String message) {
        String source = template.replace("\\n", "\n");

        JinjaException failed = catchThrowableOfType(JinjaException.class, () -> render(source, Map.of()));

        assertThat(failed).hasMessage(message);
        assertThat(failed.line()).isEqualTo(line);
        assertThat(failed.isRaised()).isFalse();
    }

    /** Not by its class's name, in which Java writes another number each time. */
    @Test
    void aFunctionIsWrittenAsOne() {
        assertThat(render("{{ range }} {{ 'a'.upper }}", Map.of())).isEqualTo("<function> <function>");
    }

    /** What Python's strftime gives for this time. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "%Y-%m-%d %H:%M:%S @ 2024-07-06 15:04:03",
                "%d %b %Y @ 06 Jul 2024",
                "%B %d, %Y @ July 06, 2024",
                "%A %a %-d %e @ Saturday Sat 6  6",
                "%I %p %y %j @ 03 PM 24 188",
                "%F %T %D %R @ 2024-07-06 15:04:03 07/06/24 15:04",
                "%% %u %w %f @ % 6 6 000000",
                "%c @ Sat Jul  6 15:04:03 2024",
                "%-m/%-H%-M @ 7/154",
            })
    void tellsTheTime(String format, String expected) {
        Clock clock = Clock.fixed(Instant.parse("2024-07-06T15:04:03Z"), ZoneOffset.UTC);

        assertThat(JinjaTemplate.parse("{{ strftime_now('" + format + "') }}").render(Map.of(), new Run(clock)))
                .isEqualTo(expected);
    }
}
