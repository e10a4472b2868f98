package dev.graft.runtime.generate.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.runtime.generate.chat.jinja.JinjaGoldens.Golden;
import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Limits;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Work costs steps in proportion, so that the limit on steps is one on time; what conversations need is far from it. */
final class JinjaStepsTest {
    private static final int MESSAGES = 2000;
    private static final String WORDS =
            "Is 2 < 3, \"she\" asked? <b>Yes</b>.\n".repeat(20).substring(0, 500);

    /** A template of one conversation of the goldens, by words that only it has. */
    private static JinjaTemplate template(String words) {
        return JinjaGoldens.all().stream()
                .map(Golden::template)
                .filter(template -> template.contains(words))
                .findFirst()
                .map(JinjaTemplate::parse)
                .orElseThrow();
    }

    private static Map<String, Object> message(int index) {
        return switch (index % 10) {
            case 7 ->
                Map.of(
                        "role",
                        "assistant",
                        "content",
                        "",
                        "tool_calls",
                        List.of(Map.of("function", Map.of("name", "look", "arguments", Map.of("up", WORDS)))));
            case 8 -> Map.of("role", "tool", "content", WORDS);
            case 1, 3, 5, 9 ->
                Map.of(
                        "role",
                        "assistant",
                        "content",
                        "<think>\n" + WORDS.substring(0, 250) + "</think>" + WORDS.substring(250));
            default -> Map.of("role", "user", "content", WORDS);
        };
    }

    private static Map<String, Object> conversation() {
        List<Object> messages = new ArrayList<>();
        messages.add(Map.of("role", "system", "content", WORDS));
        IntStream.range(0, MESSAGES).forEach(index -> messages.add(message(index)));
        List<Object> tools = IntStream.range(0, 20)
                .mapToObj(index -> (Object)
                        Map.of("type", "function", "function", Map.of("name", "look" + index, "description", WORDS)))
                .toList();
        return new HashMap<>(
                Map.of("messages", messages, "tools", tools, "add_generation_prompt", true, "bos_token", "<s>"));
    }

    @ParameterizedTest
    @CsvSource({"One call at a time!, <|eot|>, 2002", "multi_step_tool, <|im_end|>, 2002"})
    void aLongConversationIsFarFromTheLimit(String words, String end, int ends) {
        Run run = new Run(Clock.systemUTC());

        String text = template(words).render(conversation(), run);

        assertThat(text.split(java.util.regex.Pattern.quote(end), -1)).hasSize(ends);
        assertThat(text.length()).isGreaterThan(MESSAGES * 400);
        assertThat(run.steps()).isBetween(100_000L, Limits.STEPS / 4L);
    }

    /** In one go, or in loops whose own steps are within the limit: without what the work itself costs, these would be done, some after an hour. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "characters folded for a set @ {% set a = 'A' * 2000000 %}{{ ([a] * 9999)|unique|list|length }}",
                "characters of the keys of a set @ {% set a = 'A' * 2000000 %}{% set b = 'A' * 2000000 %}{{ ([a, b] * 5000)|unique(true)|list|length }}",
                "characters folded for a sort @ {% set a = 'A' * 2000000 %}{{ ([a] * 9999)|sort|length }}",
                "characters folded for groups @ {% set a = 'A' * 2000000 %}{{ ([{'a': a}] * 9999)|groupby('a')|length }}",
                "characters folded for a maximum @ {% set a = 'A' * 2000000 %}{{ ([a] * 9999)|max|length }}",
                "affixes, compared @ {% set a = 'a' * 2000000 %}{{ a.startswith(('a' * 1999999 ~ 'b',) * 50000) }}",
                "affixes, many @ {% for i in range(90) %}{{ 'b'.startswith(('a',) * 50000) }}{% endfor %}",
                "comparisons from the right @ {{ ('a' * 100000).rfind('a' * 5000 ~ 'b') }}",
                "comparisons from the left @ {{ ('a' * 5000 ~ 'b') in ('a' * 100000) }}",
                "comparisons of characters to strip @ {{ ('b' * 2000001).strip('ab')|length }}",
                "digits of floats, % @ {{ (['%e'] * 90000)|map('format', 5e-324)|list|length }}",
                "digits of floats, braces @ {{ ('{:e}' * 50000).format(*[5e-324] * 50000)|length }}",
                "digits of floats, JSON @ {{ ([5e-324] * 90000)|tojson|length }}",
                "digits of floats, text @ {{ ([5e-324] * 90000)|string|length }}",
                "digits of floats, rounded @ {{ ([5e-324] * 90000)|map('round', 300)|list|length }}",
                "digits of texts, float @ {{ (['1' * 990] * 9000)|map('float')|list|length }}",
                "digits of texts, int @ {{ (['z' * 98] * 30000)|map('int')|list|length }}",
                "parts of a time @ {{ strftime_now('%c' * 200000)|length }}",
                "parts of a path @ {{ [[1]]|map(attribute='.' * 2100000)|list|length }}",
                "characters examined @ {% set a = 'a' * 2000000 %}{% for i in range(9) %}{{ a.isalpha() }}{% endfor %}",
                "pieces of a text @ {% for i in range(90) %}{{ ('a' * 100000).replace('', 'b')|length }}{% endfor %}",
                "scopes around @ {% for i in range(90000) %}SCOPES{{ u }}{{ u }}{% endfor %}",
                "sigmas @ {% for i in range(99) %}{% set x = ('\\u03a3' * 900000)|lower %}{% endfor %}",
                "letters that become two @ {% for i in range(99) %}{% set x = ('\\u00df' * 900000)|upper %}{% endfor %}",
                "letters that become two, lower @ {% for i in range(99) %}{% set x = ('\\u0130' * 900000).lower() %}{% endfor %}",
                "keys of one hash @ {% set d = dict(range(0, 4294967297 * 90000, 4294967297)|batch(2)) %}{% for i in range(99999) %}{{ '' in d }}{{ d[0.5] }}{% endfor %}",
                "items of one hash @ {% set l = range(0, 4294967297 * 50000, 4294967297)|list %}{% for i in range(99) %}{% set x = (l + [0.5] * 40000)|unique|list %}{% endfor %}",
                "keys compared @ {% set a = {'a' * 2000000: 1} %}{% set b = {'a' * 2000000: 1} %}{% for i in range(99999) %}{% set x = a == b %}{% endfor %}",
                "keys copied @ {% set a = dict([['a' * 2000000, 1]]) %}{% for i in range(99999) %}{% set x = a.copy() %}{% endfor %}",
                "a directive's name @ {% set k = 'a' * 2000000 %}{% set d = {k: ''} %}{% set f = '%(' ~ k ~ ')s' %}{% for i in range(90000) %}{% set x = f % d %}{% endfor %}",
                "a directive's flags @ {% set f = '%' ~ ' ' * 2000000 ~ 's' %}{% for i in range(90000) %}{% set x = f % 1 %}{% endfor %}",
                "asking what is at its end @ {% set n = namespace(g=[1]|map('abs')) %}{% for i in range(100) %}{% set n.g = n.g|map('abs') %}{% endfor %}{% for i in range(90000) %}{% set x = n.g|list %}{% endfor %}",
                "filters in a row @ {% for i in range(99999) %}{% filter FILTERS %}{% endfilter %}{% endfor %}",
                "parameters @ {% macro m(PARAMETERS) %}{% endmacro %}{% for i in range(9000) %}{{ m() }}{% endfor %}",
            })
    void whatWorkCostsIsCounted(String what, String template) {
        String parameters =
                IntStream.range(0, 240).mapToObj(index -> "p" + index).collect(Collectors.joining(","));
        String source = template.replace("PARAMETERS", parameters).replace("FILTERS", "upper|".repeat(5000) + "upper");
        if (source.contains("SCOPES")) {
            source = "{% with %}".repeat(180) + source.replace("SCOPES", "") + "{% endwith %}".repeat(180);
        }
        JinjaTemplate parsed = JinjaTemplate.parse(source);

        assertThatThrownBy(() -> parsed.render(Map.of()))
                .as(what)
                .isInstanceOf(JinjaException.class)
                .hasMessage("the template takes more than 2000000 steps");
    }

    /** What reads nothing of a list costs the same for each. */
    @ParameterizedTest
    @CsvSource({"l|length", "l|last", "l|first", "l[-1]", "l|default(1)", "l is defined"})
    void aLongListCostsNothingThatIsNotRead(String expression) {
        assertThat(stepsOf("{% set x = " + expression + " %}", 90_000))
                .isEqualTo(stepsOf("{% set x = " + expression + " %}", 9));
    }

    private static long stepsOf(String template, int items) {
        Run run = new Run(Clock.systemUTC());
        JinjaTemplate.parse(template)
                .render(Map.of("l", IntStream.range(0, items).boxed().toList()), run);
        return run.steps();
    }

    @Test
    void takesTheSameStepsEachTime() {
        String template = "{% for i in l %}{{ i * 0.1 }}{{ 'abc'.find('b') }}{% endfor %}";

        assertThat(stepsOf(template, 1000)).isEqualTo(stepsOf(template, 1000)).isGreaterThan(50_000);
    }

    @Test
    void aNameOfManyCharactersIsRefused() {
        assertThat(JinjaTemplate.parse("{{ " + "a".repeat(Limits.NAME) + " }}").render(Map.of()))
                .isEmpty();
        assertThatThrownBy(() -> JinjaTemplate.parse("{{ " + "a".repeat(Limits.NAME + 1) + " }}"))
                .isInstanceOf(JinjaException.class)
                .hasMessage("a name of more than 256 characters");
    }
}
