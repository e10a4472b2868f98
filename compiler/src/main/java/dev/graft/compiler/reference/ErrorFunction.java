package dev.graft.compiler.reference;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.Value;

/**
 * erf in double precision by two of Cody's rational approximations (Rational Chebyshev approximations for the error function,
 * Mathematics of Computation 23, 1969): up to 0.46875, and from there to 6, where erf is 1 to the last bit. Error below 3e-16.
 */
// the digits are those that were published, a few more than a double holds
@SuppressWarnings("FloatingPointLiteralPrecision")
final class ErrorFunction {
    private static final double[] SMALL_ABOVE = {
        1.85777706184603153e-1,
        3.16112374387056560e0,
        1.13864154151050156e2,
        3.77485237685302021e2,
        3.20937758913846947e3
    };
    private static final double[] SMALL_BELOW = {
        1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3
    };
    private static final double[] LARGE_ABOVE = {
        2.15311535474403846e-8,
        5.64188496988670089e-1,
        8.88314979438837594e0,
        6.61191906371416295e1,
        2.98635138197400131e2,
        8.81952221241769090e2,
        1.71204761263407058e3,
        2.05107837782607147e3,
        1.23033935479799725e3
    };
    private static final double[] LARGE_BELOW = {
        1,
        1.57449261107098347e1,
        1.17693950891312499e2,
        5.37181101862009858e2,
        1.62138957456669019e3,
        3.29079923573345963e3,
        4.36261909014324716e3,
        3.43936767414372164e3,
        1.23033935480374942e3
    };

    private final Formulas f;
    private final GraphBuilder g;

    ErrorFunction(Formulas f) {
        this.f = f;
        this.g = f.builder();
    }

    /** erf of a value. */
    Value of(Value x) {
        Value magnitude = g.node("Min", g.node("Abs", x), f.constant(6));
        Value square = g.mul(magnitude, magnitude);
        Value small = g.mul(x, g.div(polynomial(SMALL_ABOVE, square), polynomial(SMALL_BELOW, square)));
        Value rest = g.mul(
                g.div(polynomial(LARGE_ABOVE, magnitude), polynomial(LARGE_BELOW, magnitude)),
                g.node("Exp", g.node("Neg", square)));
        Value large = g.mul(g.node("Sign", x), g.sub(f.constant(1), rest));
        return g.node("Where", g.node("Less", magnitude, f.constant(0.46875)), small, large);
    }

    private Value polynomial(double[] coefficients, Value x) {
        Value sum = f.constant(coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            sum = g.add(g.mul(sum, x), f.constant(coefficients[i]));
        }
        return sum;
    }
}
