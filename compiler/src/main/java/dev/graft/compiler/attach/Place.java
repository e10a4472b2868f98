package dev.graft.compiler.attach;

import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.Site;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A site in the model being edited, with everything that is to be attached to it. */
final class Place {
    private final Site site;
    private final Node node;
    private final DType dtype;
    private final List<Term> terms = new ArrayList<>();

    Place(Site site, Node node, DType dtype) {
        this.site = site;
        this.node = node;
        this.dtype = dtype;
    }

    Site site() {
        return site;
    }

    SiteKind kind() {
        return site.kind();
    }

    Node node() {
        return node;
    }

    /** The number format in which the site computes. */
    DType dtype() {
        return dtype;
    }

    List<Term> terms() {
        return terms;
    }

    int rank() {
        return terms.stream().mapToInt(Term::rank).sum();
    }

    /** All outputs of the site, those that no term changes among them. */
    int outputs() {
        boolean table = site.kind() == SiteKind.GATHER;
        return Math.toIntExact(table ? site.weight().inputs() : site.weight().outputs());
    }

    /** The value that the weight is multiplied with (or that selects its rows). */
    Value input() {
        return required(1 - site.weightInput());
    }

    /** The weight as the node reads it. */
    Value weight() {
        return required(site.weightInput());
    }

    /** DoRA's factor per output of the site; ones where there is none; null if no term has one. */
    double @Nullable [] gains() {
        if (terms.stream().allMatch(term -> term.gain() == null)) {
            return null;
        }
        double[] gains = new double[outputs()];
        Arrays.fill(gains, 1);
        for (Term term : terms) {
            if (term.gain() != null) {
                System.arraycopy(term.gain(), 0, gains, term.firstOutput(), term.outputs());
            }
        }
        return gains;
    }

    GraftException unsupported(String reason, String remedy) {
        return new GraftException(
                ErrorCode.ATTACH_UNSUPPORTED,
                (terms.isEmpty() ? "nothing" : terms.get(0).module()) + " cannot be attached: " + reason,
                Location.ofNode(null, node.displayName()),
                remedy);
    }

    private Value required(int index) {
        Value value = node.input(index);
        if (value == null) {
            throw unsupported("its " + node.opType() + " has no input " + index, "Export the model again.");
        }
        return value;
    }
}
