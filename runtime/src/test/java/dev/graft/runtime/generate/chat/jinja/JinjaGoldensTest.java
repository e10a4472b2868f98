package dev.graft.runtime.generate.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.runtime.generate.chat.jinja.JinjaGoldens.Golden;
import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every template gives what jinja2 gives, or fails where it fails. */
final class JinjaGoldensTest {
    private static final Clock NOW = Clock.fixed(Instant.parse("2024-07-06T05:04:03Z"), ZoneOffset.UTC);

    static List<Golden> goldens() {
        return JinjaGoldens.all();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void isAsInJinja2(Golden golden) {
        if (golden.text() != null) {
            assertThat(JinjaTemplate.parse(golden.template()).render(golden.variables(), new Run(NOW)))
                    .isEqualTo(golden.text());
        } else {
            assertThatThrownBy(() -> JinjaTemplate.parse(golden.template()).render(golden.variables(), new Run(NOW)))
                    .isInstanceOfSatisfying(JinjaException.class, failed -> {
                        assertThat(failed.isRaised()).isEqualTo(golden.raised() != null);
                        assertThat(failed).message().isNotEmpty();
                        if (golden.raised() != null) {
                            assertThat(failed).hasMessage(golden.raised());
                        }
                    });
        }
    }

    @Test
    void thereAreManyOfThem() {
        assertThat(goldens()).hasSizeGreaterThan(700);
        assertThat(goldens().stream().filter(golden -> golden.text() == null)).hasSizeGreaterThan(100);
    }
}
