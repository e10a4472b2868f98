package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.cli.command.Argument;
import dev.graft.cli.command.Command;
import dev.graft.cli.command.CommandDescription;
import dev.graft.cli.command.OptionDescription;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommandsTest {
    static Stream<CommandDescription> descriptions() {
        return Commands.all().stream().map(Command::description);
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void everyCommandExplainsItself(CommandDescription command) {
        assertThat(command.summary())
                .as("summary of " + command.name())
                .isNotBlank()
                .hasSizeLessThan(80);
        assertThat(command.details()).as("details of " + command.name()).isNotBlank();
        assertThat(command.arguments()).extracting(Argument::description).noneMatch(String::isBlank);
        assertThat(command.options()).extracting(OptionDescription::description).noneMatch(String::isBlank);
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void everyCommandHasAnExampleThatUsesItsOwnWords(CommandDescription command) {
        assertThat(command.examples()).as("examples of " + command.name()).isNotEmpty();
        List<String> known = command.options().stream()
                .flatMap(option -> Stream.of("--" + option.name(), "-" + option.shortName()))
                .toList();
        for (CommandDescription.Example example : command.examples()) {
            assertThat(example.purpose()).isNotBlank();
            assertThat(example.line()).startsWith("graft " + command.name());
            assertThat(Stream.of(example.line().split(" ")).filter(word -> word.matches("--?[a-z-]+")))
                    .allMatch(known::contains);
        }
    }

    @Test
    void namesAreUnique() {
        assertThat(descriptions().map(CommandDescription::name)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void optionsAreUnique(CommandDescription command) {
        assertThat(command.options()).extracting(OptionDescription::name).doesNotHaveDuplicates();
    }
}
