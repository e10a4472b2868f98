package dev.graft.compiler.resolve;

import java.util.Optional;

/** A part of a packed weight whose outputs are those of q, then k, then v. */
enum PackedPart {
    QUERY,
    KEY,
    VALUE;

    static Optional<PackedPart> ofProjection(String name) {
        return switch (name) {
            case "q_proj" -> Optional.of(QUERY);
            case "k_proj" -> Optional.of(KEY);
            case "v_proj" -> Optional.of(VALUE);
            default -> Optional.empty();
        };
    }

    /**
     * The part's block of a packed weight or bias.
     *
     * @param heads what the attention behind it says, if there is one
     * @param wanted how many outputs the change is for, which decides where nothing else does (k and v have equally many)
     */
    Optional<WeightView> slice(WeightView packed, Optional<PackedHeads> heads, long wanted) {
        long total = packed.outputs();
        long keys;
        if (heads.isPresent()) {
            if (heads.get().queries() <= 0
                    || heads.get().keys() <= 0
                    || heads.get().queries() > total
                    || heads.get().keys() > total) {
                return Optional.empty();
            }
            long all = heads.get().queries() + 2 * heads.get().keys();
            if (total % all != 0) {
                return Optional.empty();
            }
            keys = total / all * heads.get().keys();
        } else {
            keys = this == QUERY ? (total - wanted) / 2 : wanted;
        }
        long queries = total - 2 * keys;
        if (keys <= 0 || queries <= 0) {
            return Optional.empty();
        }
        return Optional.of(
                switch (this) {
                    case QUERY -> packed.sliceOutputs(0, queries);
                    case KEY -> packed.sliceOutputs(queries, keys);
                    case VALUE -> packed.sliceOutputs(queries + keys, keys);
                });
    }
}
