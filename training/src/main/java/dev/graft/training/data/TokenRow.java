package dev.graft.training.data;

/**
 * A row of tokens of which some are learnt.
 *
 * @param ids the tokens
 * @param runs lengths of stretches that are in turn not learnt and learnt; together as long as {@code ids}
 */
record TokenRow(int[] ids, int[] runs) {
    int length() {
        return ids.length;
    }

    /** How many tokens are learnt: the first one never is, since nothing foretells it. */
    long counted() {
        long counted = 0;
        for (int i = 1; i < runs.length; i += 2) {
            counted += runs[i];
        }
        return ids.length > 0 && runs[0] == 0 && counted > 0 ? counted - 1 : counted;
    }

    /** Hands over each position whose next token is learnt, with that token. */
    void forEachLabel(LabelConsumer labels) {
        int at = 0;
        for (int i = 0; i < runs.length; i++) {
            for (int end = at + runs[i]; at < end; at++) {
                if (i % 2 == 1 && at > 0) {
                    labels.accept(at - 1, ids[at]);
                }
            }
        }
    }

    /** Takes a position and the token that follows it. */
    interface LabelConsumer {
        void accept(int position, int next);
    }
}
