package dev.graft.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
    private final Table table = Table.of("module", "rank", "note")
            .right(1)
            .row("model.layers.0.q_proj", "8", "")
            .row("lm_head", "128", "shares its weight with the embedding");

    @Test
    void columnsAreAlignedAndNumbersFlushRight() {
        assertThat(table.toText(0)).isEqualTo("""
                        module                 rank  note
                        model.layers.0.q_proj     8
                        lm_head                 128  shares its weight with the embedding
                        """);
    }

    @Test
    void theLastColumnIsWrappedWhereTheTerminalIsNarrow() {
        assertThat(table.toText(54)).isEqualTo("""
                        module                 rank  note
                        model.layers.0.q_proj     8
                        lm_head                 128  shares its weight with
                                                     the embedding
                        """);
    }

    @Test
    void aVeryNarrowTerminalGetsBlocks() {
        assertThat(table.toText(30)).isEqualTo("""
                        module: model.layers.0.q_proj
                          rank: 8
                        module: lm_head
                          rank: 128
                          note: shares its weight with
                          the embedding
                        """);
        assertThat(table.toText(30).lines()).allMatch(line -> line.length() <= 30);
    }

    @Test
    void aTableWithoutRowsPrintsNothing() {
        assertThat(Table.of("module").toText(80)).isEmpty();
    }
}
