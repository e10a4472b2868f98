package dev.graft.compiler.attach;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Linear sites that read the same value, with their A side by side in one matrix [in, R].
 *
 * <p>Each site's B is [R, out], with the rows of the others' A zero: reading a few zeros costs less than a Split.
 */
final class LinearGroup {
    private final GraphEditor editor;
    private final Value input;
    private final List<Place> places;
    private final List<Term> terms = new ArrayList<>();
    private final int rank;
    private @Nullable Value product;
    private @Nullable Value widened;

    LinearGroup(GraphEditor editor, Value input, List<Place> places) {
        this.editor = editor;
        this.input = input;
        this.places = places;
        places.forEach(place -> terms.addAll(place.terms()));
        this.rank = terms.stream().mapToInt(Term::rank).sum();
    }

    List<Place> places() {
        return places;
    }

    /** {@code x · A}, computed once, in front of the first site. */
    Value product() {
        if (product == null) {
            GraphBuilder g = builder();
            String name = BranchNames.of(terms) + ".lora_A.weight";
            product = g.matMul(
                    input, g.initializer(name, a().toTensor(name, places.get(0).dtype())));
        }
        return product;
    }

    /** {@code [x, x · A]}, put together once. */
    Value widened() {
        if (widened == null) {
            Value branch = product();
            GraphBuilder g = editor.after(branch.producer().orElseThrow()).named(BranchNames.of(terms) + "/lora_A");
            widened = g.source("lora_A of " + BranchNames.of(terms)).concat(-1, List.of(input, branch));
        }
        return widened;
    }

    /** All A side by side, [in, R]. */
    Matrix a() {
        Matrix first = terms.get(0).a();
        Matrix a = new Matrix(first.rows(), rank);
        int column = 0;
        for (Term term : terms) {
            a.put(term.a(), 0, column);
            column += term.rank();
        }
        return a;
    }

    /** A place's B, [R, out], times a factor. */
    Matrix b(Place place, double factor) {
        Matrix b = new Matrix(rank, place.outputs());
        int row = 0;
        for (Term term : terms) {
            if (place.terms().contains(term)) {
                b.put(term.b().scaled(factor), row, term.firstOutput());
            }
            row += term.rank();
        }
        return b;
    }

    private GraphBuilder builder() {
        return editor.before(places.get(0).node())
                .named(BranchNames.of(terms) + "/lora_A")
                .source("lora_A of " + BranchNames.of(terms));
    }
}
