package dev.graft.training.data;

import dev.graft.training.config.DataFormat;
import dev.graft.training.config.DataOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads files of text for a language model. */
final class TextDataSet {
    private final DataOptions options;
    private final TextFormats formats;
    private final ConversationEncoder encoder;
    private final TemplateChoice template;
    private final TokenLimit limit;
    private final int pad;

    TextDataSet(DataOptions options, ConversationEncoder encoder, TemplateChoice template, TokenLimit limit, int pad) {
        this.options = options;
        this.formats = new TextFormats(options);
        this.encoder = encoder;
        this.template = template;
        this.limit = limit;
        this.pad = limit.padding(pad);
    }

    /** The rows of some files, one behind the other. */
    LoadedRows load(List<Path> files) {
        List<TokenRow> rows = new ArrayList<>();
        RowCounts counts = new RowCounts();
        BadRows bad = new BadRows(options.skipBadRows());
        for (Path file : files) {
            new FileReading(rows, counts).read(file, bad);
        }
        TextRows store = new TextRows(rows, pad, options.order().padToMultipleOf());
        return new LoadedRows(store, counts.report(bad, List.of(), template.used()));
    }

    /** One file, whose first row tells the format of all. */
    private final class FileReading {
        private final List<TokenRow> rows;
        private final RowCounts counts;
        private final long most;
        private @Nullable DataFormat format;

        FileReading(List<TokenRow> rows, RowCounts counts) {
            this.rows = rows;
            this.counts = counts;
            this.most = counts.rows() + options.mostRows().orElse(Integer.MAX_VALUE - 8);
        }

        void read(Path file, BadRows bad) {
            RowFiles.read(file, bad, this::add);
        }

        private boolean add(DataRow row) {
            if (format == null) {
                format = formats.format(row);
            }
            ConversationEncoder.Encoded encoded = encoder.encode(formats.read(row, format));
            limit.check(encoded.row().ids(), row.place());
            rows.add(encoded.row());
            counts.add(encoded.row().length(), encoded.row().counted(), encoded.cut());
            return counts.rows() < most;
        }
    }
}
