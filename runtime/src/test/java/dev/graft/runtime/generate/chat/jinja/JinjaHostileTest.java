package dev.graft.runtime.generate.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.graft.runtime.generate.chat.jinja.JinjaGoldens.Golden;
import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Limits;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A template of a stranger's ends, whatever it is, and all that it can throw is a JinjaException. */
final class JinjaHostileTest {
    private static final int MANY = 100_000;

    private static String render(String template) {
        return JinjaTemplate.parse(template).render(Map.of("s", "text", "l", List.of(1L, 2L)));
    }

    /** The number of templates that rendered: the others threw a JinjaException, and nothing threw anything else. */
    private static int rendered(Iterable<String> templates, Map<String, ?> variables) {
        int rendered = 0;
        for (String template : templates) {
            try {
                JinjaTemplate.parse(template).render(variables);
                rendered++;
            } catch (JinjaException expected) {
                assertThat(expected.line()).isNotNegative();
            } catch (RuntimeException | Error other) {
                fail("a template threw what is no JinjaException: " + template, other);
            }
        }
        return rendered;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                "[",
                "{",
                "-",
                "+",
                "not ",
                "[[",
                "(not ",
                "{'a':",
                "x if y else ",
                "-(",
                "f(",
                "a[",
                "x|f(",
                "{{",
                "{%",
                "1 is in ["
            })
    void nestedParenthesesAreRefused(String opening) {
        assertThatThrownBy(() -> render("{{ " + opening.repeat(MANY))).isInstanceOf(JinjaException.class);
        assertThatThrownBy(() -> render("{{ " + opening.repeat(190) + "1")).isInstanceOf(JinjaException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% if s %}",
                "{% for i in l %}",
                "{% macro m() %}",
                "{% filter upper %}",
                "{% set x %}",
                "{% with %}",
                "{% call m() %}",
                "{% generation %}",
                "{% if s %}{% elif s %}"
            })
    void nestedBlocksAreRefused(String opening) {
        assertThatThrownBy(() -> render(opening.repeat(MANY / 4)))
                .isInstanceOf(JinjaException.class)
                .hasMessageContaining("nested more than 200 deep");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+ 1",
                "* 1",
                "** 1",
                "and 1",
                "or 0",
                "| abs",
                ".a",
                "[0]",
                "()",
                "is odd",
                "~ 1",
                "< 2",
                "if 1",
                ".a()",
                "- 1 // 1"
            })
    void longChainsEnd(String link) {
        for (int count : new int[] {100, 800, 2000, MANY}) {
            assertThat(rendered(List.of("{{ 1 " + (link + " ").repeat(count) + "}}"), Map.of()))
                    .isBetween(0, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{{",
                "{%",
                "{#",
                "{% raw %}",
                "}",
                "%}",
                "\\",
                "'",
                "\"",
                "{{ '",
                "{{ 1 }}",
                "\n",
                "-",
                "{%-",
                "{{(",
                "\uD83D",
                "{{'\\"
            })
    void aMegabyteOfAnythingEnds(String piece) {
        String source = piece.repeat(Limits.SOURCE / piece.length());
        assertThat(rendered(List.of(source), Map.of())).isBetween(0, 1);
    }

    @Test
    void aTemplateThatIsTooLongIsRefused() {
        assertThatThrownBy(() -> render("x".repeat(Limits.SOURCE + 1)))
                .isInstanceOf(JinjaException.class)
                .hasMessageContaining("a template of more than 1048576 characters");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %} @ more than 2000000 steps",
                "{% for a in range(100001) %}{% endfor %} @ a range of more than 100000 items",
                "{% for a in range(-9223372036854775807, 9223372036854775807) %}{% endfor %} @ a range of more than",
                "{% set n = namespace(s='ab') %}{% for a in range(99) %}{% set n.s = n.s + n.s %}{% endfor %} @ a text of more than 4194304 characters",
                "{% set n = namespace(s='ab') %}{% for a in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %} @ a text of more than 4194304 characters",
                "{% set n = namespace(s='ab') %}{% for a in range(99) %}{% set n.s = n.s.replace('a', 'aa').replace('b', n.s) %}{% endfor %} @ more than 2000000 steps",
                "{{ 'ab' * 9223372036854775807 }} @ a text of more than 4194304 characters",
                "{{ [1] * 9223372036854775807 }} @ a list of more than 100000 items",
                "{% set n = namespace(l=[1]) %}{% for a in range(99) %}{% set n.l = n.l + n.l %}{% endfor %} @ a list of more than 100000 items",
                "{% set n = namespace(l=[1]) %}{% for a in range(99) %}{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l }} @ more than",
                "{% set n = namespace(l=[1]) %}{% for a in range(99) %}{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l|tojson }} @ more than",
                "{% set n = namespace(l=[1],m=[1]) %}{% for a in range(99) %}{% set n.l = [n.l, n.l] %}{% set n.m = [n.m, n.m] %}{% endfor %}{{ n.l == n.m }} @ more than 2000000 steps",
                "{% set n = namespace(l=[1],m=[1]) %}{% for a in range(99) %}{% set n.l = [n.l, n.l] %}{% set n.m = [n.m, n.m] %}{% endfor %}{{ n.l < n.m }} @ more than 2000000 steps",
                "{% set n = namespace(l=[1]) %}{% for a in range(9999) %}{% set n.l = [n.l] %}{% endfor %}{{ n.l }} @ calls and expressions deep",
                "{% set n = namespace(l=[1]) %}{% for a in range(9999) %}{% set n.l = [n.l] %}{% endfor %}{{ n.l|tojson }} @ calls and expressions deep",
                "{% set n = namespace(l=[1]) %}{% for a in range(9999) %}{% set n.l = n.l|map('abs') %}{% endfor %}{{ n.l|list }} @ calls and expressions deep",
                "{% set n = namespace() %}{% set n.a = n %}{{ n }} @ calls and expressions deep",
                "{% set n = namespace() %}{% set n.a = n %}{{ n|tojson }} @ not JSON serializable",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }} @ calls and expressions deep",
                "{% macro m(f) %}{{ m(f) }}{{ m(f) }}{% endmacro %}{{ m(1) }} @ calls and expressions deep",
                "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(60) }} @ more than 2000000 steps",
                "{% macro m() %}{{ caller() }}{% endmacro %}{% macro k() %}{% call m() %}{{ k() }}{% endcall %}{% endmacro %}{{ k() }} @ calls and expressions deep",
                "{{ s.zfill(999999999) }} @ a text of more than",
                "{{ '%.999999f' % 1 }} @ a precision beyond 1000",
                "{{ '{:.999999f}'.format(1.0) }} @ a precision beyond 1000",
                "{{ s|center(9223372036854775807) }} @ a text of more than",
                "{{ '%999999d' % 1 }}{{ '%9999999d' % 1 }} @ width too big",
                "{{ '{:999999}{:999999}{:999999}{:999999}{:999999}'.format(1, 2, 3, 4, 5) }} @ a text of more than",
                "{{ s|indent(999999999) }} @ a text of more than",
                "{{ l|tojson(indent=999999999) }} @ a text of more than",
                "{{ l|batch(999999999, 1)|list }} @ a list of more than",
                "{{ l|slice(999999999)|list }} @ a list of more than",
                "{{ 9223372036854775807 + 1 }} @ 64 bits",
                "{{ -9223372036854775807 - 2 }} @ 64 bits",
                "{{ 10 ** 99 }} @ 64 bits",
                "{{ 9.9 ** 9999 }} @ 64 bits",
                "{{ 99999999999999999999 }} @ does not fit in 64 bits",
                "{{ 1e300 | int }} @ 64 bits",
                "{{ ('x' * 4000000)|list|length }} @ more than 2000000 steps",
                "{{ ('x ' * 2000000).split()|length }} @ more than 2000000 steps",
                "{% for a in range(99999) %}{{ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }}{% endfor %} @ a text of more than",
            })
    void whatTakesTooMuchIsRefused(String template, String message) {
        assertThatThrownBy(() -> render(template))
                .isInstanceOf(JinjaException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.replace('a', 'c')",
                "a.find(b)",
                "b in a",
                "a.rfind(b)",
                "a.count(b)",
                "a.split(b)",
                "a.rsplit(b)",
                "a.partition(b)",
                "a|replace(b, '')",
                "a.strip(b)",
                "a|trim(b)",
                "a == a + ''",
                "{}[a ~ b]",
                "{}.get(a)",
                "a.upper()",
                "a[1]",
                "a[::2]",
                "a|length",
                "a|wordcount",
                "a ~ a",
                "'%s' % a",
                "'{}'.format(a)",
                "strftime_now('%c' * 100000)",
                "a|list",
                "a < b",
                "[a]|join",
                "a is lower",
                "a|urlencode",
                "a|e",
                "a|tojson",
                "a.startswith(b)",
                "'%.999f' % 1",
                "'{:.999f}'.format(1.0)",
                "[[1]]|map(attribute='0.' ~ a)|list",
                "5e-324 ~ 1e308 ~ 5e-324"
            })
    void workOnLongTextsIsCounted(String expression) {
        String texts = "{% set a = 'a' * 2000000 %}{% set b = 'a' * 1000000 ~ 'b' %}";
        String loops = "{% for i in range(99999) %}{% for j in range(99) %}{% set x = " + expression
                + " %}{% endfor %}{% endfor %}";

        assertThatThrownBy(() -> render(texts + loops))
                .isInstanceOf(JinjaException.class)
                .hasMessage("the template takes more than 2000000 steps");
    }

    @Test
    void aCallOfVeryManyArgumentsIsRefused() {
        StringBuilder named = new StringBuilder();
        for (int index = 0; index < MANY; index++) {
            named.append("a").append(index).append("=1,");
        }
        assertThatThrownBy(() -> render("{{ dict(" + named + ") }}"))
                .isInstanceOf(JinjaException.class)
                .hasMessageContaining("the call is given too much");
        assertThatThrownBy(() -> render("{% macro m(" + named + ") %}"))
                .isInstanceOf(JinjaException.class)
                .hasMessageContaining("a macro of more than 250 parameters");
    }

    @Test
    void notANumberCanBeSorted() {
        assertThat(render("{{ (['nan']|map('float')|list + range(50)|list + ['nan']|map('float')|list)|sort|length }}"))
                .isEqualTo("52");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "l.append(1)",
                "l.clear()",
                "{'a': 1}.pop('a')",
                "{'a': 1}.update({})",
                "l.sort()",
                "''.__class__()",
                "l.getClass()",
                "s.getBytes()",
                "range.call()"
            })
    void nothingOfJavaOrOfPythonsInsidesIsReachable(String expression) {
        assertThatThrownBy(() -> render("{{ " + expression + " }}"))
                .isInstanceOf(JinjaException.class)
                .hasMessageContaining("has no attribute");
    }

    @Test
    void aSmallStackIsAnErrorOfTheTemplates() throws InterruptedException {
        List<String> templates = List.of(
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{{ " + "(".repeat(190) + "1" + ")".repeat(190) + " }}",
                "{{ 1" + " + 1".repeat(880) + " }}",
                "{% if s %}".repeat(190) + "{% endif %}".repeat(190));
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread small = new Thread(null, () -> rendered(templates, Map.of("s", "text")), "small", 200 << 10);
        small.setUncaughtExceptionHandler((thread, error) -> thrown.set(error));
        small.start();
        small.join();
        assertThat(thrown.get()).isNull();
    }

    static List<Golden> chats() {
        Set<String> seen = new HashSet<>();
        return JinjaGoldens.all().stream()
                .filter(golden -> golden.name().equals("tools") && seen.add(golden.template()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("chats")
    void aTemplateThatIsCutOffAnywhereIsRefusedOrRenders(Golden golden) {
        List<String> cuts = new ArrayList<>();
        for (int end = 0; end <= golden.template().length(); end++) {
            cuts.add(golden.template().substring(0, end));
        }
        assertThat(rendered(cuts, golden.variables())).isPositive();
    }

    @Test
    void changedTemplatesThrowNothingElse() {
        Random random = new Random(17);
        List<Golden> goldens = JinjaGoldens.all();
        int rendered = 0;
        for (int round = 0; round < 30_000; round++) {
            Golden golden = goldens.get(random.nextInt(goldens.size()));
            String other = goldens.get(random.nextInt(goldens.size())).template();
            rendered += rendered(List.of(changed(golden.template(), other, random)), golden.variables());
        }
        assertThat(rendered).isBetween(1_000, 29_000);
    }

    private static String changed(String template, String other, Random random) {
        StringBuilder text = new StringBuilder(template);
        for (int change = random.nextInt(3); change >= 0 && !text.isEmpty(); change--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + random.nextInt(6));
            int from = random.nextInt(Math.max(1, other.length()));
            switch (random.nextInt(4)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, text.substring(at, end));
                case 2 ->
                    text.replace(at, end, other.substring(from, Math.min(other.length(), from + random.nextInt(12))));
                default -> text.setCharAt(at, "{}%()[]'\"|.,:=-+*/~ \n\\09ax_#\u00e9".charAt(random.nextInt(29)));
            }
        }
        return text.toString();
    }
}
