package dev.graft.compiler.merge;

import dev.graft.compiler.resolve.WeightView;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happens to one block of a stored tensor: {@code (replacement or W) + sum of terms}, then whole rows.
 *
 * @param module the module that the block belongs to
 * @param view the block
 * @param replacement values that take W's place, in the block's layout, or null
 * @param terms low-rank changes, in the order of the adapters; at most one of them DoRA
 * @param rowPatches rows of the block that are replaced in the end
 */
record BlockEdit(
        String module,
        WeightView view,
        @Nullable MatrixSource replacement,
        List<LowRankTerm> terms,
        List<RowPatch> rowPatches) {
    BlockEdit {
        terms = List.copyOf(terms);
        rowPatches = List.copyOf(rowPatches);
    }

    /**
     * Replaced rows.
     *
     * @param values [rows, columns of the block]
     * @param valueRows by row of the block, the row of {@code values}
     */
    record RowPatch(MatrixSource values, Map<Long, Long> valueRows) {
        RowPatch {
            valueRows = Map.copyOf(valueRows);
        }
    }

    /** The ranks of all terms together. */
    int totalRank() {
        return terms.stream().mapToInt(LowRankTerm::rank).sum();
    }

    /** Whether the block is W + sum of terms and nothing else. */
    boolean isPlainSum() {
        return replacement == null && rowPatches.isEmpty() && terms.stream().noneMatch(LowRankTerm::isDora);
    }
}
