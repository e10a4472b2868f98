package dev.graft.compiler.verify;

import dev.graft.compiler.merge.ExpectedTensor.Variant;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.compiler.verify.Finding.Kind;
import dev.graft.error.Location;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Looks for the mistake behind a wrongly merged weight.
 *
 * <p>A sample of the change that the file shows, C = merged - base, is held against candidates: the expected change E, the change
 * without DoRA's magnitude, its transpose, and the changes of all other targets of the same shape. A candidate explains C if C is
 * a multiple of it but for rounding.
 */
final class Diagnosis {
    private static final int SAMPLE_ROWS = 256;
    private static final int SAMPLE_COLUMNS = 1024;
    private static final double EXPLAINS = 0.95;
    private static final double RELATED = 0.3;
    private static final double FEW = 0.01;

    private final List<BlockCheck> blocks;
    private final Path merged;

    Diagnosis(List<BlockCheck> blocks, Path merged) {
        this.blocks = blocks;
        this.merged = merged;
    }

    /** A rectangle of a block, in the block's own coordinates, and the change seen there. */
    private record Sample(int rows, int columns, double[] change, double noise) {}

    /** The finding that explains a block with wrong elements. */
    Finding explain(BlockCheck block) {
        if (block.wrongFactor().isPresent()) {
            return together(block, block.wrongFactor().getAsDouble());
        }
        Sample sample = sample(block);
        double[] expected = expected(block, sample);
        double seen = norm(sample.change);
        if (block.wrong() < FEW * block.elements()) {
            return fewElements(block);
        }
        if (seen <= sample.noise && norm(expected) > 2 * sample.noise || seen == 0) {
            return finding(block, Kind.LEFT_OUT, "was left out: its weight is the base's");
        }
        Optional<Finding> multiple = multiple(block, sample, expected);
        return multiple.orElseGet(() -> otherCandidates(block, sample, expected));
    }

    /** If all targets are wrong and none has to do with the adapter, one finding says so. */
    Optional<Finding> overall(List<TargetProof> targets) {
        boolean unrelated = !targets.isEmpty()
                && targets.stream()
                        .allMatch(target -> target.finding()
                                .filter(finding -> finding.kind() == Kind.UNRELATED)
                                .isPresent());
        return unrelated
                ? Optional.of(new Finding(
                        Kind.ANOTHER_ADAPTER,
                        "",
                        "no weight's change has anything to do with this adapter: the file was merged with another one",
                        Location.ofFile(merged)))
                : Optional.empty();
    }

    /** Every element is within the bound, and all together are not. */
    private static Finding together(BlockCheck block, double factor) {
        String within = ", although every element is within what rounding may cost";
        return Math.abs(factor) < 0.25
                ? finding(block, Kind.LEFT_OUT, "was left out: its weight is the base's" + within)
                : finding(
                        block,
                        Kind.SCALING_OFF,
                        "has the wrong scaling: its change is about " + format(factor) + " times what it must be"
                                + within);
    }

    private Finding fewElements(BlockCheck block) {
        long row = block.firstWrongRow();
        long column = block.firstWrongColumn();
        String sentence = block.module() + ": " + block.wrong() + " of " + block.elements()
                + " elements are wrong, the first one at [" + row + ", " + column + "]";
        Location place = new Location(
                block.found().index().runs().get(0).file(),
                block.found().byteOf(row, column),
                block.found().index().name(),
                null);
        return new Finding(Kind.ELEMENTS_DIFFER, block.module(), sentence, place);
    }

    private Optional<Finding> multiple(BlockCheck block, Sample sample, double[] expected) {
        if (!explains(sample, expected)) {
            return Optional.empty();
        }
        double factor = dot(sample.change, expected) / dot(expected, expected);
        if (factor < 0) {
            String times = Math.abs(factor + 1) < 0.02 ? "" : " " + format(-factor) + " times";
            return Optional.of(
                    finding(block, Kind.WRONG_SIGN, "has its change subtracted" + times + " instead of added"));
        }
        if (Math.abs(factor - 1) < 0.001) {
            return Optional.empty();
        }
        return Optional.of(finding(
                block,
                Kind.SCALING_OFF,
                "has the right change with the wrong scaling: it is " + format(factor) + " times what it must be"));
    }

    private Finding otherCandidates(BlockCheck block, Sample sample, double[] expected) {
        if (block.block().dora() && explains(sample, change(block, Variant.PLAIN, sample))) {
            return finding(block, Kind.MAGNITUDE_IGNORED, "has B·A added, but its DoRA magnitude was not applied");
        }
        if (block.block().view().rows() == block.block().view().columns()
                && explains(sample, change(block, Variant.TRANSPOSED, sample))) {
            return finding(block, Kind.TRANSPOSED, "has the transpose of its change added");
        }
        for (BlockCheck other : blocks) {
            if (other != block && sameShape(block, other) && explains(sample, change(other, Variant.PLAIN, sample))) {
                return finding(block, Kind.SWAPPED, "has the change of " + other.module() + " instead of its own");
            }
        }
        if (cosine(sample.change, expected) > RELATED) {
            return finding(
                    block,
                    Kind.UNEXPLAINED,
                    "has a change that resembles the right one (cosine " + format(cosine(sample.change, expected))
                            + ") but is not it");
        }
        return finding(block, Kind.UNRELATED, "has a change that has nothing to do with the adapter's");
    }

    private static boolean sameShape(BlockCheck one, BlockCheck other) {
        WeightView a = one.block().view();
        WeightView b = other.block().view();
        return a.rows() == b.rows() && a.columns() == b.columns();
    }

    /** Whether what is seen is a multiple of a candidate, but for what rounding to the weight's type adds. */
    private static boolean explains(Sample sample, double[] candidate) {
        double squares = dot(candidate, candidate);
        if (squares == 0) {
            return false;
        }
        double factor = dot(sample.change, candidate) / squares;
        double rest = 0;
        for (int i = 0; i < candidate.length; i++) {
            double difference = sample.change[i] - factor * candidate[i];
            rest += difference * difference;
        }
        double along = Math.abs(factor) * Math.sqrt(squares);
        return along > RELATED * norm(sample.change)
                && Math.sqrt(rest) <= sample.noise + Math.sqrt(1 - EXPLAINS * EXPLAINS) * norm(sample.change);
    }

    private static Sample sample(BlockCheck block) {
        WeightView view = block.block().view();
        int rows = (int) Math.min(SAMPLE_ROWS, view.rows());
        int columns = (int) Math.min(SAMPLE_COLUMNS, view.columns());
        double[] before = block.expected().before(view.firstRow(), rows, view.firstColumn(), columns);
        double[] change = block.found().read(view.firstRow(), rows, view.firstColumn(), columns);
        for (int i = 0; i < change.length; i++) {
            change[i] -= before[i];
        }
        return new Sample(
                rows, columns, change, WeightBound.eps(block.found().index().dtype()) * norm(before));
    }

    /** The expected change; for replaced tensors and DoRA there is only what the pieces say. */
    private static double[] expected(BlockCheck block, Sample sample) {
        return block.block().dora() || block.block().replaced()
                ? DoraSample.change(block, sample.rows, sample.columns)
                : change(block, Variant.PLAIN, sample);
    }

    private static double[] change(BlockCheck block, Variant variant, Sample sample) {
        return block.expected().change(block.number(), variant, 0, sample.rows, 0, sample.columns);
    }

    private static Finding finding(BlockCheck block, Kind kind, String sentence) {
        return new Finding(
                kind,
                block.module(),
                block.module() + " " + sentence,
                Location.ofTensor(
                        block.found().index().proto().file(),
                        block.found().index().name()));
    }

    private static String format(double value) {
        String text = String.format(Locale.ROOT, "%.3f", value);
        return text.replaceAll("\\.?0+$", "");
    }

    private static double cosine(double[] one, double[] other) {
        double norms = norm(one) * norm(other);
        return norms == 0 ? 0 : Math.abs(dot(one, other)) / norms;
    }

    private static double norm(double[] values) {
        return Math.sqrt(dot(values, values));
    }

    private static double dot(double[] one, double[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }
}
