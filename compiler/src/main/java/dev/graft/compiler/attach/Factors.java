package dev.graft.compiler.attach;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A and B of one module as the graph has them.
 *
 * @param a [in, rank]
 * @param b [rank, out], scaling and DoRA's gain in it
 */
record Factors(Matrix a, Matrix b) {
    /** The changes of one module as one; null where there are slots only. */
    static @Nullable Factors of(List<Term> terms) {
        Factors factors = null;
        for (Term term : terms) {
            if (term.rank() > 0) {
                Factors next = new Factors(term.a(), term.b());
                factors = factors == null ? next : factors.and(next);
            }
        }
        return factors;
    }

    /** Two changes of one module as one: the ranks side by side. */
    Factors and(Factors other) {
        Matrix bothA = new Matrix(a.rows(), a.columns() + other.a.columns());
        bothA.put(a, 0, 0);
        bothA.put(other.a, 0, a.columns());
        Matrix bothB = new Matrix(b.rows() + other.b.rows(), b.columns());
        bothB.put(b, 0, 0);
        bothB.put(other.b, b.rows(), 0);
        return new Factors(bothA, bothB);
    }
}
