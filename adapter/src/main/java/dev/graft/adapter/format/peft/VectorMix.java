package dev.graft.adapter.format.peft;

/**
 * Which vectors of a bank make up each piece of a matrix, and how much of each.
 *
 * @param name the tensor that says so
 * @param first the number of groups of pieces
 * @param second the pieces in a group
 * @param topk how many vectors make up a piece
 * @param vectors the numbers of the vectors, [first, second, topk]
 * @param weights their weights, [first, second, topk]
 */
record VectorMix(String name, int first, int second, int topk, int[] vectors, double[] weights) {}
