package dev.graft.adapter.format.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The answers are those of {@code re.match(rf"(.*\.)?({key})$", text)} in Python 3.12. */
class PythonRegexTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '`',
            value = {
                "q_proj model.layers.0.self_attn.q_proj true",
                "q_proj model.q_proj_x false",
                "proj a.q_proj false",
                "layers.0.mlp.(up|gate)_proj model.layers.0.mlp.gate_proj true",
                ".*\\.0\\..*o_proj model.layers.0.self_attn.o_proj true",
                "^model.layers.1.mlp.down_proj model.layers.1.mlp.down_proj true",
                "^layers.1 model.layers.1 false",
                "(?P<layer_no>\\d+)\\.x\\.(?P=layer_no) a.3.x.3 true",
                "(?P<layer_no>\\d+)\\.x\\.(?P=layer_no) a.3.x.4 false",
                "q\\Z a.q true",
                "[[]x a.[x true",
                "[a&&b]x &x true",
                "[]x] ] true",
                "a{,2}b aab true",
                "a{,2}b aaab false",
                "a{b a{b true",
                "\\Aq q true",
                "[^\\]]+ abc true",
                "q.proj q_proj true",
                "q|v a.v true",
                "`` m false",
                "x{2} a.xx true",
                "x{2,} a.xxx true",
                "\\d+ layers.12 true",
                "q_proj$ x.q_proj true",
                "(?:q|k)_proj k_proj true",
                "(?=q)q_proj q_proj true",
                "k_proj q_proj false"
            })
    void patternsMatchAsInPython(String key, String module, boolean matches) {
        PythonRegex regex = PythonRegex.compile("(.*\\.)?(" + key + ")$");

        assertThat(regex.matchesBeginning(module, new PythonRegex.Steps(100_000)))
                .contains(matches);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '`',
            value = {
                "(?i)q `'(?i)' is not translated`",
                "(?<n>q) `'(?<n' is not translated`",
                "(?(1)q) `'(?(1' is not translated`",
                "\\Qq\\E `\\Q is not translated`",
                "\\p{L} `\\p is not translated`",
                "(?P=n) `unknown group 'n'`",
                "(?P<n `a group's name has no end`",
                "(q `Unclosed group`",
                "q\\ `it ends with a backslash`"
            })
    void whatOnlyOneOfTheLanguagesKnowsIsRefused(String key, String reason) {
        assertThatThrownBy(() -> PythonRegex.compile(key))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(reason);
    }

    @Test
    void endlessBacktrackingIsCutShort() {
        PythonRegex regex = PythonRegex.compile("(a+)+(a+)+(a+)+$");

        assertThat(regex.matchesBeginning("a".repeat(200) + "b", new PythonRegex.Steps(1_000_000)))
                .isEmpty();
    }

    @Test
    void lengthsAreBounded() {
        assertThatThrownBy(() -> PythonRegex.compile("a".repeat(1001))).hasMessage("longer than 1000 characters");
        assertThat(PythonRegex.compile("a*").matchesBeginning("a".repeat(1001), new PythonRegex.Steps(1_000_000)))
                .isEmpty();
    }
}
