package dev.graft.cli.inspect;

import dev.graft.adapter.Adapter;
import dev.graft.cli.command.Console;
import dev.graft.compiler.resolve.ResolutionAttempt;
import dev.graft.compiler.scan.ModelIndex;

/** Prints what {@code graft inspect} found. */
public final class Inspection {
    private final Console console;
    private final boolean all;

    /** An inspection that prints to a console; {@code all} lists each module by itself. */
    public Inspection(Console console, boolean all) {
        this.console = console;
        this.all = all;
    }

    /** Shows an adapter. */
    public int showAdapter(Adapter adapter) {
        AdapterView view = AdapterView.of(adapter);
        if (console.json()) {
            console.resultAsJson(view);
        } else {
            console.result(view.toText(console.tableWidth(), all));
        }
        return 0;
    }

    /** Shows a model. */
    public int showModel(ModelIndex model) {
        model.warnings().forEach(console::warn);
        ModelView view = ModelView.of(model);
        if (console.json()) {
            console.resultAsJson(view);
        } else {
            console.result(view.toText(console.tableWidth(), all));
        }
        return 0;
    }

    /**
     * Shows how adapters fit a model.
     *
     * @return 0 if everything fits, else 1
     */
    public int showMatch(ResolutionAttempt attempt) {
        attempt.resolution().warnings().forEach(console::warn);
        MatchView view = MatchView.of(attempt);
        if (console.json()) {
            console.resultAsJson(view);
        } else {
            console.result(view.toText(console.tableWidth(), all));
        }
        return view.fits() ? 0 : 1;
    }
}
