package dev.graft.runtime.generate;

import dev.graft.runtime.generate.cache.CachePadding;
import java.util.Arrays;

/**
 * The texts of one run: how much of each is in the cache, and the tokens that come now, as many of each.
 *
 * @param past tokens of each text in the cache
 * @param ids the tokens behind them
 * @param padding where shorter texts are padded in the cache
 */
record RunTexts(int[] past, long[][] ids, CachePadding padding) {
    /** One text. */
    static RunTexts ofOne(int past, long[] ids) {
        return new RunTexts(new int[] {past}, new long[][] {ids}, CachePadding.IN_FRONT);
    }

    /** How many there are. */
    int rows() {
        return past.length;
    }

    /** Tokens of each that come now. */
    int current() {
        return ids[0].length;
    }

    /** Tokens of the longest that are in the cache. */
    int longestPast() {
        return Arrays.stream(past).max().orElseThrow();
    }

    /** Tokens of the longest, new ones included. */
    int total() {
        return longestPast() + current();
    }

    /** Tokens of one text, new ones included. */
    int total(int row) {
        return past[row] + current();
    }

    /** Whether the token at a place, counted along the cache and the new tokens, is one of the text's own. */
    boolean isOwn(int row, int place) {
        int first = first(row);
        return place >= first && place < first + total(row);
    }

    /** Whether it is one that a new token sees: itself or one of those before. */
    boolean isSeen(int row, int query, int place) {
        return isOwn(row, place) && place <= first(row) + past[row] + query;
    }

    private int first(int row) {
        return padding == CachePadding.IN_FRONT ? longestPast() - past[row] : 0;
    }
}
