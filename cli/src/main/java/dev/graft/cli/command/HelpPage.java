package dev.graft.cli.command;

import dev.graft.cli.text.Table;
import dev.graft.cli.text.Wrap;
import java.util.List;
import java.util.function.Function;

/** The pages that {@code --help} prints. */
final class HelpPage {
    private static final String INDENT = "  ";

    private HelpPage() {}

    /** The page of {@code graft --help}. */
    static String ofAll(List<CommandDescription> commands, int width) {
        StringBuilder page = new StringBuilder("Graft takes LoRA adapters into production on ONNX.\n\n");
        page.append("usage: graft <command> [options]\n\ncommands:\n");
        page.append(rows(commands, CommandDescription::name, CommandDescription::summary, width));
        page.append("\nfirst steps:\n");
        page.append(INDENT).append("graft demo                      the whole story on a small model, in a minute\n");
        page.append(INDENT).append("graft merge --help              the words of a command, with an example\n");
        page.append(INDENT).append("graft --version                 the version\n");
        page.append("\nexit codes: 0 done, 1 the answer is no (verify, inspect), 2 usage, 3 bad or unsupported\n");
        return page.append("            input, 4 environment (no disk, no device), 70 a bug of Graft's\n")
                .toString();
    }

    /** The page of one command. */
    static String of(CommandDescription command, int width) {
        StringBuilder page = new StringBuilder(command.summary())
                .append("\n\nusage: ")
                .append(command.usage())
                .append('\n');
        if (!command.details().isEmpty()) {
            page.append('\n').append(Wrap.toWidth(command.details(), width)).append('\n');
        }
        section(page, "arguments", rows(command.arguments(), Argument::name, Argument::description, width));
        section(
                page,
                "options",
                rows(command.options(), OptionDescription::usage, OptionDescription::description, width));
        section(
                page,
                "options of every command",
                rows(CommandDescription.COMMON, OptionDescription::usage, OptionDescription::description, width));
        page.append("\nexamples:\n");
        for (CommandDescription.Example example : command.examples()) {
            page.append(INDENT).append("# ").append(example.purpose()).append('\n');
            page.append(INDENT).append(example.line()).append('\n');
        }
        return page.toString();
    }

    private static void section(StringBuilder page, String title, String rows) {
        if (!rows.isEmpty()) {
            page.append('\n').append(title).append(":\n").append(rows);
        }
    }

    private static <T> String rows(List<T> items, Function<T, String> left, Function<T, String> right, int width) {
        Table table = Table.withoutHeader(2).indent(INDENT.length());
        items.forEach(item -> table.row(left.apply(item), right.apply(item)));
        return table.toText(width);
    }
}
